"""The DICOMweb service as tables, in the form of PS3.2: transactions, what searches match and answer, limits."""

from __future__ import annotations

from collections.abc import Iterable

from pacs_gateway.access.rules import Audience
from pacs_gateway.dicomweb.asked import RESULTS_MOST, STUDIES_MOST
from pacs_gateway.dicomweb.attributes import CONDITIONAL, IDENTIFIERS, INDEXED, RETURNED, Level, keyword_of, vr_of
from pacs_gateway.dicomweb.frames import MOST as FRAMES_MOST
from pacs_gateway.dicomweb.kept import SECONDS
from pacs_gateway.dicomweb.matching import NUMBERS, WILD
from pacs_gateway.dicomweb.opened import LOOKED_INTO_MOST
from pacs_gateway.dicomweb.parameters import PARAMETERS_MOST, UIDS_MOST
from pacs_gateway.dicomweb.periods import RANGED
from pacs_gateway.dicomweb.resources import Resource, resources

_NEEDED = {Audience.STAFF_ONLY: "clinic staff, and `DICOMWEB_STORE`"}


def transactions() -> str:
    """Return a Markdown table of the transactions: resource, media types, parameters, and the right they need."""
    rows = [_transaction(one) for one in sorted(resources(), key=lambda one: (one.template.count("/"), one.template))]
    return _table(("transaction", "resource", "media types (the first is the default)", "parameters", "needs"), rows)


def _transaction(one: Resource) -> tuple[str, ...]:
    kinds = ", ".join(f"`{offer.content_type}`" for offer in one.transaction.offers)
    parameters = ", ".join(parameter.name for parameter in one.transaction.parameters)
    methods = "/".join(one.transaction.methods)
    return (
        one.transaction.name,
        f"{methods} `{one.template}`",
        kinds,
        parameters,
        one.rule.right or _NEEDED.get(one.rule.audience, "an account or link"),
    )


def searches() -> str:
    """Return a Markdown table for each level: what can be matched, how, and what an answer holds."""
    return "\n\n".join(f"### Search for {_NAMES[level]}\n\n{_attributes(level)}" for level in Level)


_NAMES = {Level.STUDY: "studies", Level.SERIES: "series", Level.INSTANCE: "instances"}


def _attributes(level: Level) -> str:
    tags = sorted({*RETURNED[level], *(INDEXED if level is Level.STUDY else ())}, key=keyword_of)
    rows = [(keyword_of(tag), f"({tag[:4]},{tag[4:]})", _kinds(tag, level), _answered(tag, level)) for tag in tags]
    return _table(("attribute", "tag", "matching", "answered"), rows)


def _kinds(tag: str, level: Level) -> str:
    """Return the types of matching in the letters of PS3.2 table K.4.2-1a."""
    vr = vr_of(tag)
    if level is Level.STUDY and tag not in INDEXED:
        return "none"
    if vr == "SQ":
        return "sequence"
    if tag in IDENTIFIERS:
        return "S, U"
    for kinds, letters in ((("UI",), "S, L, U"), (("PN",), "S, *, U, fuzzy"), (RANGED, "S, R, U"), (WILD, "S, *, U")):
        if vr in kinds:
            return letters
    return "S, U" if vr in NUMBERS else "none"


def _answered(tag: str, level: Level) -> str:
    if tag not in RETURNED[level]:
        return "when included"
    return "when known" if tag in CONDITIONAL else "always"


def limits() -> str:
    """Return a Markdown table of what is bounded, and what happens beyond it."""
    rows = (
        ("studies in one answer", STUDIES_MOST, "the rest by offset; a Warning says how many there are"),
        ("series or instances in one answer", RESULTS_MOST, "the rest by offset; a Warning says how many there are"),
        ("studies looked into by one search for series or instances", LOOKED_INTO_MOST, "413"),
        ("studies answered with attributes beyond the index", LOOKED_INTO_MOST, "the rest by offset, as above"),
        ("parameters of one search", PARAMETERS_MOST, "400"),
        ("UIDs in one list", UIDS_MOST, "413"),
        ("frames in one list", FRAMES_MOST, "400"),
        ("age of metadata answered, in seconds", SECONDS, "asked of the archive anew"),
    )
    return _table(("limit", "value", "beyond it"), [(name, str(value), beyond) for name, value, beyond in rows])


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
