"""How a person likes the viewer: what their account remembers, else what suits their role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pacs_gateway.access.principal import Principal

FULL_ROLES = {"physician", "staff"}


@dataclass(frozen=True, slots=True)
class Preferences:
    """Simple or full mode, the tool at the start, the way of a window drag, and whether letter keys work."""

    mode: str
    tool: str = "scroll"
    up_is_brighter: bool = True
    letters: bool = True


def preferences_of(principal: Principal) -> Preferences:
    """Return the preferences of whoever asks; visitors of a link have no account that could remember any."""
    kept: dict[str, Any] = getattr(principal.user, "viewer_settings", None) or {}
    known = {name: kept[name] for name in Preferences.__slots__ if name in kept}
    return Preferences(**{"mode": "full" if principal.role in FULL_ROLES else "simple", **known})
