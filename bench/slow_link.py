"""A slow phone on a slow link: Chromium's own throttling, and what went over the wire."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import CDPSession, Page

MEGABITS, LATENCY_MILLISECONDS, CPU_SLOWDOWN = 1.6, 150, 4
QUIET_SECONDS = 2.5
PAGE = "(page)"
_ANSWERS = """() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  .filter(one => one.responseEnd)
  .map(one => ({name: one.name, end: one.responseEnd / 1000, size: one.encodedBodySize}))"""


def slow_down(page: Page, megabits: float = MEGABITS) -> Traffic:
    """Throttle a page and return the record of its traffic."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    rate = megabits * 1e6 / 8
    link = {"offline": False, "latency": LATENCY_MILLISECONDS, "downloadThroughput": rate, "uploadThroughput": rate / 2}
    session.send("Network.emulateNetworkConditions", link)
    session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
    return Traffic(page, session)


@dataclass
class Traffic:
    """What a page loads: bytes as they come over the wire, and the browser's own record of each answer."""

    page: Page
    session: CDPSession
    total: float = 0
    last: float = 0

    def start(self) -> None:
        """Begin to listen."""
        self.last = time.monotonic()
        self.session.on("Network.dataReceived", self._data)

    def bytes_of(self, *endings: str) -> float:
        """Return the bytes of the answers whose addresses end so; the first answer is the page."""
        page, *others = self.answers()
        parts = (one["size"] for one in others if urlsplit(one["name"]).path.endswith(endings))
        return float(page["size"] if PAGE in endings else 0) + sum(parts)

    def bytes_until(self, seconds: float) -> float:
        """Return the kilobytes of the answers that had come by then."""
        return float(sum(one["size"] for one in self.answers() if one["end"] <= seconds)) / 1024

    def answers(self) -> list[dict[str, Any]]:
        """Return name, end in seconds since the navigation began and size as sent of each answer that has come."""
        found: list[dict[str, Any]] = self.page.evaluate(_ANSWERS)
        return found

    def frames(self) -> dict[int, float]:
        """Return when each frame was there for the first time, in seconds since the navigation began."""
        came: dict[int, float] = {}
        for answer in sorted(self.answers(), key=lambda one: float(one["end"])):
            for number in _frames_in(answer["name"]) if answer["size"] else []:
                came.setdefault(number, answer["end"])
        return came

    def wait_for(self, holds: Callable[[], bool], seconds: float) -> None:
        """Let the page go on until something holds."""
        end = time.monotonic() + seconds
        while not holds() and time.monotonic() < end:
            self.page.wait_for_timeout(100)

    def wait_until_quiet(self) -> None:
        """Let the page go on until nothing arrives any more."""
        self.wait_for(lambda: time.monotonic() - self.last > QUIET_SECONDS, 120)

    def memory_bytes(self) -> float:
        """Return the private memory of the page's process."""
        browser = self.page.context.browser
        assert browser
        found = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
        pids = [one["id"] for one in found["processInfo"] if one["type"] == "renderer"]
        return max(_private_bytes(pid) for pid in pids)

    def _data(self, event: dict[str, Any]) -> None:
        self.last = time.monotonic()
        self.total += event.get("encodedDataLength") or 0


def _frames_in(url: str) -> list[int]:
    """Return the numbers of the frames that an address of the viewer brings."""
    parts = urlsplit(url)
    if "numbers" in (query := parse_qs(parts.query)):
        return [int(number) for number in query["numbers"][0].split(",")]
    found = re.search(r"/frames/(\d+)$", parts.path)
    return [int(found[1])] if found else []


def _private_bytes(pid: int) -> float:
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        kilobytes = [int(line.split()[1]) for line in file if line.startswith("Private_")]
    return sum(kilobytes) * 1024
