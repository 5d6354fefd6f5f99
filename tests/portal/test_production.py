"""What a portal in production refuses to start with (R79)."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from portal.production import Facts, refusals

REPOSITORY = Path(__file__).resolve().parents[2]
GOOD_KEY = "q3Vb0zKx9LmT7wYc2RfN8hJd5GpS1aUe4XoBiZ6kWvQtMyCrHsDnFgPj"
GOOD = Facts(
    debug=False,
    secret_key=GOOD_KEY,
    site_url="https://portal.example",
    allowed_hosts=("portal.example",),
    database_url="postgres://lightbox@db/lightbox",
    redis_urls=("rediss://broker:6379", "unix:///run/cache.sock"),
    pacs_urls=("https://pacs.example/dicom-web", "http://127.0.0.1:8042/dicom-web", "file:///images"),
    accepted=frozenset(),
)


def test_a_safe_start() -> None:
    assert list(refusals(GOOD)) == []


@pytest.mark.parametrize(
    "bad",
    [
        {"debug": True},
        {"secret_key": "short"},
        {"secret_key": "a" * 60},
        {"secret_key": "django-insecure-" + GOOD_KEY},
        {"secret_key": "please-change-me-" + GOOD_KEY},
        {"site_url": "http://portal.example"},
        {"allowed_hosts": ()},
        {"allowed_hosts": ("*",)},
        {"allowed_hosts": (".example",)},
        {"database_url": "sqlite:////data/db.sqlite3"},
        {"redis_urls": ("redis://broker:6379",)},
        {"pacs_urls": ("http://pacs.example/dicom-web",)},
    ],
    ids=str,
)
def test_what_is_refused(bad: dict[str, object]) -> None:
    assert len(list(refusals(replace(GOOD, **bad)))) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("risk", "bad"),
    [
        ("sqlite", {"database_url": "sqlite:////data/db.sqlite3"}),
        ("plain-redis", {"redis_urls": ("redis://broker:6379",)}),
        ("plain-pacs", {"pacs_urls": ("http://pacs.example/dicom-web",)}),
    ],
)
def test_a_risk_is_accepted_by_its_name_only(risk: str, bad: dict[str, object]) -> None:
    assert list(refusals(replace(GOOD, accepted=frozenset({risk}), **bad))) == []  # type: ignore[arg-type]


def _start(**environment: str) -> subprocess.CompletedProcess[str]:
    """Start the real settings with exactly these variables."""
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=REPOSITORY,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


PRODUCTION = {
    "SECRET_KEY": GOOD_KEY,
    "SITE_URL": "https://portal.example",
    "DATABASE_URL": "postgres://lightbox@127.0.0.1/lightbox",
    "REDIS_BROKER_URL": "unix:///run/broker.sock",
    "REDIS_CACHE_URL": "unix:///run/cache.sock",
    "PACS": "main=https://pacs.example/dicom-web",
}


def test_check_deploy_is_clean(tmp_path: Path) -> None:
    done = _start(**PRODUCTION, VAR_DIR=str(tmp_path))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("missing", sorted(PRODUCTION.keys() - {"DATABASE_URL"}))
def test_a_missing_setting_stops_the_start_by_name(missing: str, tmp_path: Path) -> None:
    environment = {name: value for name, value in PRODUCTION.items() if name != missing}
    done = _start(**environment, VAR_DIR=str(tmp_path))
    assert done.returncode != 0
    assert missing in done.stderr


@pytest.mark.parametrize(("name", "value"), [("DEBUG", "1"), ("ALLOWED_HOSTS", "*"), ("SECRET_KEY", "weak")])
def test_an_unsafe_setting_stops_the_start(name: str, value: str, tmp_path: Path) -> None:
    done = _start(**(PRODUCTION | {name: value}), VAR_DIR=str(tmp_path))
    assert done.returncode != 0
    assert "Lightbox does not start" in done.stderr
