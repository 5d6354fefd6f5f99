"""The browser's scripts: their pure modules under Node.js, and their weight."""

from __future__ import annotations

import gzip
import re
import subprocess
from pathlib import Path

import pytest

from tests.parts import find

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
VIEWER = sorted((REPOSITORY / "static" / "js" / "viewer").rglob("*.js"))
VIEWER_BYTES_MOST = 30 * 1024
_IMPORT = re.compile(r'^(?:import|export) [^;]*?"\./([\w./]+)";', re.MULTILINE)


@pytest.mark.node
def test_pure_modules_under_node() -> None:
    node = find("node")
    assert node
    tests = sorted(map(str, HERE.glob("*.test.js")))
    done = subprocess.run(
        [node, "--test", "--test-timeout=60000", *tests], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]


@pytest.mark.node
@pytest.mark.parametrize("path", VIEWER, ids=lambda path: path.name)
def test_scripts_parse_as_modules(path: Path) -> None:
    node = find("node")
    assert node
    done = subprocess.run([node, "--check", str(path)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


def test_page_asks_for_every_module_at_once() -> None:
    page = (REPOSITORY / "templates" / "viewer" / "scripts.html").read_text(encoding="utf-8")
    assert sorted(re.findall(r'"js/viewer/([\w.]+)"', page)) == sorted(_first_loaded())


def test_viewer_scripts_keep_their_budget() -> None:
    assert sum(len(gzip.compress(_script(name).read_bytes())) for name in _first_loaded()) <= VIEWER_BYTES_MOST


def _script(name: str) -> Path:
    return REPOSITORY / "static" / "js" / "viewer" / name


def _first_loaded() -> set[str]:
    """Return what the page's scripts import, directly or not: all but what a dynamic import() brings later."""
    found, waiting = set[str](), ["ahead.js", "main.js"]
    while waiting:
        name = waiting.pop()
        found.add(name)
        imports = re.findall(
            r'^(?:import|export) [^;]*?"\./([\w./]+)";', _script(name).read_text("utf-8"), re.MULTILINE
        )
        waiting += set(imports) - found
    return found
