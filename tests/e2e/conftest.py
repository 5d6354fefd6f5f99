"""The whole product as `make demo` starts it, and real browsers on it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.parts import need

REPOSITORY = Path(__file__).resolve().parents[2]
READY_SECONDS = 150
# What a person would not wait for, a busy test machine may need.
SECONDS = 30
expect.set_options(timeout=SECONDS * 1000)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}


@dataclass
class Site:
    """A running demo."""

    url: str
    var: Path
    process: subprocess.Popen[str]
    passwords: dict[str, str] = field(default_factory=dict)
    said: str = ""


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clean_environment() -> dict[str, str]:
    """Return the environment without what the test session set for itself."""
    ours = {"LIGHTBOX_MODE", "SECRET_KEY", "VAR_DIR", "REDIS_BROKER_URL", "REDIS_CACHE_URL", "DATABASE_URL", "PACS"}
    return {name: value for name, value in os.environ.items() if name not in ours | {"DJANGO_SETTINGS_MODULE"}}


def start_site(var: Path, *arguments: str) -> Site:
    """Start the demo's launcher and wait for the line that says it is ready."""
    port = free_port()
    command = [sys.executable, "-m", "portal.demo.run", "--port", str(port), "--var", str(var), *arguments]
    process = subprocess.Popen(
        command, cwd=REPOSITORY, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    watchdog = threading.Timer(READY_SECONDS, process.kill)
    watchdog.start()
    said: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line)
        if line.startswith("Ready: "):
            break
    watchdog.cancel()
    url = f"http://127.0.0.1:{port}"
    assert said, "the launcher said nothing"
    assert said[-1].strip() == f"Ready: {url}", "".join(said)
    threading.Thread(target=process.stdout.read, daemon=True).start()
    passwords = json.loads((var / "demo" / "passwords.json").read_text(encoding="utf-8"))
    return Site(url, var, process, passwords, "".join(said))


def stop_site(site: Site) -> int:
    """Stop the demo as Ctrl-C does and return its exit code."""
    site.process.send_signal(signal.SIGINT)
    return site.process.wait(40)


def until(page: Page, holds: Callable[[], bool], what: str) -> None:
    """Wait until it holds, as long as `expect` would; for what no locator can say."""
    for _ in range(SECONDS * 10):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never so: {what}")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Run the demo for the browser tests."""
    running = start_site(tmp_path_factory.mktemp("site"))
    yield running
    stop_site(running)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Run Playwright's driver."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Run Debian's Chromium."""
    need("browser")
    chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
    yield chromium
    chromium.close()


NewContext = Callable[..., BrowserContext]


@pytest.fixture
def new_context(browser: Browser, site: Site) -> Iterator[NewContext]:
    """Return a function that opens a fresh browser profile on the site; all are closed after the test."""
    opened: list[BrowserContext] = []
    _forget_settings(site)

    def make(**options: object) -> BrowserContext:
        context = browser.new_context(base_url=site.url, **options)  # type: ignore[arg-type]
        context.set_default_timeout(SECONDS * 1000)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()


def _forget_settings(site: Site) -> None:
    """Have each test find the viewer as nobody has set it yet."""
    database = sqlite3.connect(site.var / "lightbox.sqlite3", timeout=SECONDS)
    with database:
        database.execute("UPDATE people_user SET viewer_settings = '{}'")
    database.close()


def sign_in(page: Page, site: Site, email: str) -> None:
    """Sign in through the page as a person does."""
    page.goto(f"{site.url}/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(site.passwords[email])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def first_study(page: Page) -> str:
    """Return the key of the newest study on the list."""
    page.goto(page.url.split("/scans/")[0] + "/scans/")
    found = re.search(r"/scans/([\w-]{16,})/", page.content())
    assert found, "no study on the list"
    return found[1]
