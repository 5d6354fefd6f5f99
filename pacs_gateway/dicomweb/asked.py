"""A search, as it has been understood (PS3.18 8.3.4)."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from pacs_gateway.dicomweb.attributes import BRIEF, Path

# Series or instances, and studies, in one answer.
RESULTS_MOST, STUDIES_MOST = 1000, 200


class Kind(enum.Enum):
    """How an attribute is matched."""

    # By single value, list of UIDs, wildcard or range, as the value itself says.
    BY_VALUE = enum.auto()
    # It has no value (Empty Value Matching, PS3.4 C.2.2.2.7).
    EMPTY = enum.auto()
    # Each of several values is among those it has (Multiple Value Matching, PS3.4 C.2.2.2.8).
    EVERY_VALUE = enum.auto()


@dataclass(frozen=True, slots=True)
class Match:
    """One attribute that has to match: where it stands, its value representation, the value asked for, and how."""

    path: Path
    vr: str
    value: str
    kind: Kind = Kind.BY_VALUE

    @property
    def is_by_value(self) -> bool:
        return self.kind is Kind.BY_VALUE

    @property
    def uids(self) -> tuple[str, ...]:
        """Return the UIDs of a list of them (UID List Matching, PS3.4 C.2.2.2.2)."""
        return tuple(part for part in self.value.replace("\\", ",").split(",") if part)


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched for and answered with."""

    matches: tuple[Match, ...] = ()
    include: frozenset[Path] = frozenset()
    include_all: bool = False
    fuzzy: bool = False
    limit: int | None = None
    offset: int = 0

    @property
    def is_brief(self) -> bool:
        """Tell whether the attributes that searches answer with as a rule are all that is needed."""
        named = {path[0] for path in self.include} | {match.path[0] for match in self.matches}
        return not self.include_all and named <= BRIEF

    def page(self, most: int = RESULTS_MOST) -> slice:
        """Return which of all results are answered where the service gives at most `most` at once."""
        return slice(self.offset, self.offset + min(most if self.limit is None else self.limit, most))

    def is_cut(self, most: int = RESULTS_MOST) -> bool:
        """Tell whether it is the service, not the caller, that bounds the number of results."""
        return self.limit is None or self.limit > most
