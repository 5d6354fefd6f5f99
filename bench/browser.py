"""`make bench-browser`: the viewer in Chromium, as on a phone with slow 4G, and OHIF on the same Orthanc.

It prints a table and writes var/bench-browser.json beside it. 4x CPU slow-down, 1.6 Mbit/s, 150 ms, 390 px.
`python -m bench.browser use lighthouse` measures only those parts, and prints them.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from playwright.sync_api import BrowserContext, Playwright, sync_playwright

from bench import budgets, journeys, lighthouse
from bench.budgets import Measure
from bench.peer_viewer import FirstPicture, open_in_ohif
from bench.stack import Stack
from bench.studies import PATIENT, ct_stack
from tests.e2e.conftest import FLAGS, PHONE, first_study
from tests.parts import find

PARTS = ("use", "ohif", "lighthouse")
OUT = Path(__file__).resolve().parents[1] / "var" / "bench-browser.json"
EMAIL = "bench@x.example"
_PASSWORD = "from tests.people import PASSWORD; print(PASSWORD)"


@contextmanager
def _phone(playwright: Playwright, url: str) -> Iterator[BrowserContext]:
    chromium = playwright.chromium.launch(executable_path=find("chromium"), args=FLAGS)
    yield chromium.new_context(base_url=url, **PHONE)
    chromium.close()


def _sign_in(context: BrowserContext, password: str) -> str:
    """Sign in as the patient and return the key of the study."""
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/scans/")
    key = first_study(page)
    page.close()
    return key


class Site:
    """The running product with the CT in it, as the patient sees it."""

    def __init__(self, stack: Stack, playwright: Playwright) -> None:
        self.stack, self.playwright = stack, playwright
        self.password = stack.manage("shell", "-c", _PASSWORD).split()[-1]

    def look(self, *, is_warm: bool) -> list[Measure]:
        """Look through the study in a fresh browser."""
        with _phone(self.playwright, self.stack.url) as context:
            key = _sign_in(context, self.password)
            return journeys.look_through(context, f"/viewer/{key}/", is_warm=is_warm)

    def use(self) -> list[Measure]:
        """Open the study for the first time, then use it once its first picture is rendered."""
        return [*self.look(is_warm=False), *self.look(is_warm=True)]

    def lighthouse(self) -> list[Measure]:
        """Have Lighthouse look at the viewer and at the page of the study."""
        with _phone(self.playwright, self.stack.url) as context:
            key = _sign_in(context, self.password)
            cookies = "; ".join(f"{one['name']}={one['value']}" for one in context.cookies())
        pages = {"viewer": f"/viewer/{key}/", "page of the study": f"/scans/{key}/"}
        return lighthouse.performance(self.stack.url, pages, cookies)


def _beside_ohif(ours: list[Measure], theirs: FirstPicture) -> list[Measure]:
    """Return ours again beside the peer's: the first picture that was rendered when the study came."""
    found = {measure.what: measure.value for measure in ours}
    seconds, kilobytes = found["first picture, rendered before"], found["bytes to the first picture, rendered before"]
    return [
        Measure("first picture", seconds, "s", peer="OHIF", peer_value=theirs.seconds, times=15),
        Measure("bytes to the first picture", kilobytes, "KB", peer="OHIF", peer_value=theirs.bytes / 1024, times=40),
    ]


def _measure(stack: Stack, playwright: Playwright, parts: Sequence[str]) -> list[Measure]:
    """Measure these parts; beside OHIF stands what the use of ours has brought."""
    site, measures = Site(stack, playwright), list[Measure]()
    if {"use", "ohif"} & set(parts):
        measures += site.use()
    if "ohif" in parts:
        measures += _beside_ohif(measures, open_in_ohif(playwright, stack.orthanc.url))
    if "lighthouse" in parts:
        measures += site.lighthouse()
    return measures


def main(wanted: Sequence[str]) -> None:
    """Measure everything, or the parts that are named; print the table, and write the JSON when it is whole."""
    with Stack(environment={"LIGHTBOX_MODE": "demo"}) as stack, sync_playwright() as playwright:
        stack.orthanc.store(ct_stack())
        stack.token(EMAIL, PATIENT)
        stack.manage("sync")
        measures = _measure(stack, playwright, wanted or PARTS)
    for one in measures:
        print(budgets.line(one))
    if not wanted:
        _keep(measures)


def _keep(measures: list[Measure]) -> None:
    OUT.parent.mkdir(exist_ok=True)
    when = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    OUT.write_text(json.dumps({"date": when, "rows": [asdict(one) for one in measures]}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
