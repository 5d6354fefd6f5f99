"""The files for operators agree with the code."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.deploy.site import DEPLOY, REPOSITORY, certificate, local_nginx
from tests.parts import find


def _read_by_settings() -> set[str]:
    text = (REPOSITORY / "portal" / "settings.py").read_text(encoding="utf-8")
    return set(re.findall(r"env\.(?:text|words|flag|number)\(\s*\"([A-Z_]+)\"", text))


def _in_example() -> set[str]:
    text = (DEPLOY / "env.example").read_text(encoding="utf-8")
    return {name for name in re.findall(r"^([A-Z_]+)=", text, re.MULTILINE) if not name.startswith("PACS_")}


def test_the_example_names_every_setting_and_no_other() -> None:
    assert _in_example() == _read_by_settings()


def test_the_readme_names_every_setting_but_debug() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert {name for name in _read_by_settings() - {"DEBUG"} if f"`{name}`" not in readme} == set()


def test_compose_has_all_parts_and_two_kinds_of_redis() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    services = compose["services"]
    assert services.keys() == {
        *(
            "web",
            "interactive",
            "bulk",
            "beat",
            "migrate",
            "redis-broker",
            "redis-cache",
            "postgres",
            "orthanc",
            "nginx",
        )
    }
    assert "noeviction" in services["redis-broker"]["command"]
    assert "allkeys-lru" in services["redis-cache"]["command"]
    outside = {name for name, service in services.items() if "ports" in service}
    assert outside == {"nginx", "orthanc"}
    assert all(port.startswith("127.0.0.1:") for port in services["orthanc"]["ports"])
    for service in services.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source.startswith("./") or source in compose["volumes"]


def test_what_operators_fill_in_reaches_neither_git_nor_the_image() -> None:
    filled_in = ["deploy/env", "deploy/tls/key.pem", "deploy/postgres_password"]
    asked = subprocess.run(
        ["git", "check-ignore", *filled_in], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert asked.stdout.split() == filled_in
    assert "deploy" in (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").split()


def test_orthanc_speaks_dicomweb_and_knows_the_user_of_the_example_only() -> None:
    config = json.loads((DEPLOY / "orthanc.json").read_text(encoding="utf-8"))
    assert config["DicomWeb"]["Enable"]
    assert config["AuthenticationEnabled"]
    assert "RegisteredUsers" not in config
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    users = compose["services"]["orthanc"]["environment"]["ORTHANC__REGISTERED_USERS"]
    assert "PACS_MAIN_USER" in users
    assert "PACS_MAIN_PASSWORD" in users


def test_workers_run_the_queues_that_tasks_go_to() -> None:
    for text in ((DEPLOY / "Procfile").read_text(), (DEPLOY / "compose.yaml").read_text()):
        for queue in ("interactive", "bulk"):
            assert re.search(rf"-Q,? {queue}\b", text)


@pytest.mark.nginx
def test_nginx_takes_its_file(tmp_path: Path) -> None:
    certificate(tmp_path)
    config = local_nginx(tmp_path, 8000, 8080, 8443, tmp_path / "access.log")
    (tmp_path / "nginx.conf").write_text(config, encoding="utf-8")
    program = find("nginx")
    assert program is not None
    done = subprocess.run(
        [program, "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
