"""Media types and media ranges with their parameters (RFC 9110 12.5.1, PS3.18 8.7)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MULTIPART = "multipart/related"
JSON, XML = "application/dicom+json", "application/dicom+xml"
DICOM, OCTETS = "application/dicom", "application/octet-stream"
RANGES_MOST, LENGTH_MOST = 50, 8192
_NAME = re.compile(r"[\w!#$&^.+*-]+/[\w!#$&^.+*-]+\Z", re.ASCII)
# What stands between two commas or semicolons that are not in quotes; a quote that is never closed goes to the end.
_MEMBERS = re.compile(r'(?:[^,"]|"[^"]*"?)+')
_PARAMETERS = re.compile(r'(?:[^;"]|"[^"]*"?)+')
_QUALITY = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\Z", re.ASCII)


class Malformed(ValueError):
    """A text that is no list of media ranges."""


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One member of `Accept`: its name with wildcards in lower case, its parameters, and its quality from 0 to 1."""

    name: str
    parameters: dict[str, str] = field(default_factory=dict)
    quality: float = 1.0

    @property
    def is_multipart(self) -> bool:
        return self.name == MULTIPART

    @property
    def content(self) -> str:
        """Return what is in it: the `type` of a multipart range ("*/*" when it does not say), else its name."""
        return self.parameters.get("type", "*/*").lower() if self.is_multipart else self.name

    @property
    def is_wildcard(self) -> bool:
        return "*" in self.name

    @property
    def transfer_syntax(self) -> str:
        """Return the transfer syntax asked for, "*" for the stored one, "" when the range does not say."""
        return self.parameters.get("transfer-syntax", "")


def parse_range(text: str) -> MediaRange:
    """Return one media range; raises Malformed."""
    name, *rest = [part.strip() for part in _PARAMETERS.findall(text)] or [""]
    if not _NAME.match(name):
        raise Malformed
    parameters = {}
    for part in filter(None, rest):
        key, equals, value = part.partition("=")
        if not equals:
            raise Malformed
        parameters[key.strip().lower()] = value.strip().strip('"')
    quality = parameters.pop("q", "1")
    if not _QUALITY.match(quality):
        raise Malformed
    return MediaRange(name.lower(), parameters, float(quality))


def parse_ranges(text: str, *, strict: bool) -> list[MediaRange]:
    """Return the media ranges of a list, in its order.

    Malformed members are ignored (PS3.18 8.7.7), or where `strict`, raise Malformed.
    """
    if len(text) > LENGTH_MOST:
        raise Malformed
    found = []
    for part in _MEMBERS.findall(text)[:RANGES_MOST]:
        if not part.strip():
            continue
        try:
            found.append(parse_range(part))
        except Malformed:
            if strict:
                raise
    return found


def is_within(name: str, wanted: str) -> bool:
    """Tell whether a media type is within a range such as `image/*`."""
    kind, _, subtype = wanted.partition("/")
    return wanted in ("*/*", name) or (subtype == "*" and name.startswith(f"{kind}/"))
