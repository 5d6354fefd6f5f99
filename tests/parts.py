"""Real parts that some tests need, and what happens where one is missing: a skip by name, or in CI a failure."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

_DEBIAN = {
    "orthanc": ("Orthanc", "orthanc and orthanc-dicomweb"),
    "browser": ("chromium", "chromium"),
    "postgres": ("initdb", "postgresql"),
    "dcmtk": ("dcm2pnm", "dcmtk"),
    "node": ("node", "nodejs"),
    "nginx": ("nginx", "nginx-light"),
    "gettext": ("xgettext", "gettext"),
}
_ELSEWHERE = ["/usr/sbin", *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)]


def find(program: str) -> str | None:
    """Return the path of a program, also where Debian keeps servers."""
    return shutil.which(program, path=os.pathsep.join([os.environ.get("PATH", ""), *_ELSEWHERE]))


def npm_package(name: str) -> Path:
    """Return the folder of one of npm's packages; without it skip the test by name, or fail it when CI=true."""
    folder = Path(__file__).resolve().parents[1] / "node_modules" / name
    if not folder.is_dir():
        miss(f"npm's package {name} is missing: npm ci installs it")
    return folder


def need(part: str) -> None:
    """Go on if the part is installed; else skip the test by name, or fail it when CI=true."""
    program, packages = _DEBIAN[part]
    if find(program):
        return
    miss(f"{program} is missing: install Debian's {packages}")


def miss(message: str) -> NoReturn:
    """Skip the test by name, or fail it when CI=true."""
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


def need_for(item: pytest.Item) -> None:
    """Check the parts that the marks of a test name."""
    for part in _DEBIAN:
        if item.get_closest_marker(part):
            need(part)
