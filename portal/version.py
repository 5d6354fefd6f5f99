"""The version of Lightbox, read from the newest heading of the changelog."""

import re
from pathlib import Path

_HEADING = re.compile(r"^## (\d+\.\d+\.\d+(?:\.dev\d+)?)", re.MULTILINE)


def read_version(changelog: Path) -> str:
    """Return the version of the newest release named in `changelog`."""
    match = _HEADING.search(changelog.read_text(encoding="utf-8"))
    if match is None:
        raise ValueError(f"{changelog.name} names no version")
    return match.group(1)


VERSION = read_version(Path(__file__).resolve().parent.parent / "CHANGELOG.md")
