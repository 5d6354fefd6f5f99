"""The window presets, from the one file that Python and JavaScript both read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ALL: list[dict[str, Any]] = json.loads((Path(__file__).parent / "presets.json").read_text(encoding="utf-8"))
IDS: tuple[str, ...] = tuple(preset["id"] for preset in ALL)


def find(preset_id: str) -> dict[str, Any] | None:
    """Return the preset with that id, None when there is none."""
    return next((preset for preset in ALL if preset["id"] == preset_id), None)
