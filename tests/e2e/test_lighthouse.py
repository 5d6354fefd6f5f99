"""Lighthouse, as on a phone, finds nothing to better in accessibility and best practices."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright

from tests.e2e.conftest import FLAGS, Site, first_study, free_port, sign_in
from tests.parts import find, npm_package

pytestmark = [pytest.mark.slow, pytest.mark.stack, pytest.mark.browser, pytest.mark.node]
PATIENT = "patient-a@demo.example"
CATEGORIES = ("accessibility", "best-practices")


@contextmanager
def _signed_in_chromium(site: Site, playwright: Playwright, profile: Path) -> Iterator[tuple[int, str]]:
    """Start a browser that Lighthouse can drive, sign in as the patient; give its port and the key of a study."""
    port = free_port()
    flags = [*FLAGS, f"--remote-debugging-port={port}"]
    chromium = find("chromium")
    context = playwright.chromium.launch_persistent_context(profile, executable_path=chromium, args=flags)
    page = context.new_page()
    page.goto(site.url)
    sign_in(page, site, PATIENT)
    yield port, first_study(page)
    context.close()


def _audit(port: int, url: str, report: Path) -> dict[str, Any]:
    """Run Lighthouse as on a phone and return its report."""
    script = npm_package("lighthouse") / "cli" / "index.js"
    node = find("node")
    assert node
    options = [f"--port={port}", "--disable-storage-reset", "--quiet", "--output=json", f"--output-path={report}"]
    command = [node, str(script), url, *options, "--form-factor=mobile", f"--only-categories={','.join(CATEGORIES)}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=150)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("address", ["/scans/{}/", "/viewer/{}/"])
def test_nothing_to_better(site: Site, playwright: Playwright, tmp_path: Path, address: str) -> None:
    npm_package("lighthouse")
    with _signed_in_chromium(site, playwright, tmp_path / "profile") as (port, key):
        report = _audit(port, site.url + address.format(key), tmp_path / "report.json")
    assert address.format(key) in report["finalDisplayedUrl"]
    failed = {name: audit["title"] for name, audit in report["audits"].items() if audit["score"] == 0}
    assert {name: report["categories"][name]["score"] for name in CATEGORIES} == dict.fromkeys(CATEGORIES, 1), failed
