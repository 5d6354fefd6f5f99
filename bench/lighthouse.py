"""What Lighthouse says of a page's performance, as on a phone: its own slow 4G, 4x CPU, an empty cache."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from statistics import median

from bench.budgets import Measure
from tests.e2e.conftest import FLAGS
from tests.parts import find, npm_package

ROUNDS, LEAST, MOST_SECONDS = 3, 95, 120


def performance(url: str, pages: dict[str, str], cookies: str) -> list[Measure]:
    """Return the median score of each page of a site, by its name; `cookies` are those of who is signed in."""
    return [_measure(name, [_score(url + path, cookies) for _ in range(ROUNDS)]) for name, path in pages.items()]


def _measure(name: str, scores: list[float]) -> Measure:
    return Measure(f"Lighthouse performance, {name}", median(scores), "of 100", LEAST, is_least=True)


def _score(address: str, cookies: str) -> float:
    with tempfile.TemporaryDirectory(prefix="lb-lighthouse-") as folder:
        report, headers = Path(folder) / "report.json", Path(folder) / "headers.json"
        # Not on the command line, where every process of the machine could read it.
        headers.write_text(json.dumps({"Cookie": cookies}), encoding="utf-8")
        _run(address, f"--extra-headers={headers}", f"--output-path={report}")
        found = json.loads(report.read_text(encoding="utf-8"))
    if found["finalDisplayedUrl"] != address and not found["finalDisplayedUrl"].startswith(f"{address}?"):
        raise RuntimeError(f"Lighthouse was sent to {found['finalDisplayedUrl']}")
    return float(100 * found["categories"]["performance"]["score"])


def _run(address: str, *options: str) -> None:
    script, node, chromium = npm_package("lighthouse") / "cli" / "index.js", find("node"), find("chromium")
    flags = " ".join(["--headless=new", *FLAGS])
    command = [str(node), str(script), address, *options, "--quiet", "--output=json", "--form-factor=mobile"]
    command += ["--only-categories=performance", f"--chrome-path={chromium}", f"--chrome-flags={flags}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=MOST_SECONDS)
    if done.returncode:
        raise RuntimeError(f"Lighthouse: {done.stderr[-2000:]}")
