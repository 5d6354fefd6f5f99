"""Read settings from the environment, and fail loudly on what cannot be meant."""

from __future__ import annotations

import os
from collections.abc import Mapping

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


class Environment:
    """Typed look at environment variables."""

    def __init__(self, variables: Mapping[str, str] = os.environ) -> None:
        self.variables = variables

    def text(self, name: str, default: str | None = None) -> str:
        """Return the variable; raises ImproperlyConfigured when it is missing and has no default."""
        value = self.variables.get(name, "").strip() or default
        if value is None:
            raise ImproperlyConfigured(f"The environment variable {name} is missing. See deploy/env.example.")
        return value

    def words(self, name: str, default: str = "") -> list[str]:
        """Return a list written with commas or spaces."""
        return self.text(name, default).replace(",", " ").split()

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a yes or no."""
        value = self.variables.get(name, "1" if default else "0").strip().lower()
        if value not in _TRUE | _FALSE:
            raise ImproperlyConfigured(f"{name} must be 1 or 0.")
        return value in _TRUE

    def number(self, name: str, default: int, *, least: int = 0, most: int = 10**9) -> int:
        """Return a whole number within limits."""
        value = self.text(name, str(default))
        if not value.isdecimal() or not least <= int(value) <= most:
            raise ImproperlyConfigured(f"{name} must be a whole number from {least} to {most}.")
        return int(value)
