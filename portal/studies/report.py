"""From a Structured Report (PS3.3 A.35, C.17.3) to headings and paragraphs, tolerant of what is in the field."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from pydicom import Dataset

from pacs_gateway.dicomjson import readable_name
from portal.studies import content

DEPTH_MOST, ITEMS_MOST = 16, 4000
# Who observed and which language was used are about the report; modifiers are said with the name of their parent.
_ASIDE = {"HAS OBS CONTEXT", "HAS ACQ CONTEXT", "HAS CONCEPT MOD"}

# What is not text: pictures, curves and other objects, and places in them.
_REFERENCES = {"IMAGE", "WAVEFORM", "COMPOSITE", "SCOORD", "SCOORD3D", "TCOORD"}
# Names that say no more than that there is text.
_GENERIC = {"finding", "text", "description", "report text"}


@dataclass(frozen=True, slots=True)
class Section:
    """One heading ("" for none) and what stands below it; a line feed inside a paragraph is a new line."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A report for reading. `is_final` tells that it is complete and verified, `signed_by` who did that.

    `references` counts the pictures and places in them that it points to and that are not shown; `is_cut` tells that
    it goes deeper or on longer than is read.
    """

    title: str = ""
    sections: tuple[Section, ...] = ()
    is_final: bool = False
    signed_by: str = ""
    references: int = 0
    is_cut: bool = False


@dataclass
class _Draft:
    heading: str
    paragraphs: list[str] = field(default_factory=list)


class _Walk:
    """Collects sections while it goes through the content tree."""

    def __init__(self) -> None:
        self.drafts = [_Draft("")]
        self.references = 0
        self.is_cut = False
        self._left = ITEMS_MOST

    def go(self, parent: Dataset, heading: str, depth: int) -> None:
        for item in content.items(parent, "ContentSequence"):
            self._left -= 1
            if self._left < 0 or depth > DEPTH_MOST:
                self.is_cut = True
                return
            if content.text(item, "RelationshipType") not in _ASIDE:
                self._take(item, heading, depth)

    def _take(self, item: Dataset, heading: str, depth: int) -> None:
        name, kind = _qualified(item), content.text(item, "ValueType")
        self.references += kind in _REFERENCES
        if kind == "CONTAINER":
            self.drafts.append(_Draft(name))
            self.go(item, name, depth + 1)
            self.drafts.append(_Draft(""))
            return
        if kind == "TEXT" and name and not heading:
            self.drafts.append(_Draft(name))
            heading = name
        self.drafts[-1].paragraphs += _labelled(name, heading, kind, list(content.values(item, kind)))
        self.go(item, heading, depth + 1)


def from_dataset(ds: Dataset) -> Report:
    """Return the report that a Structured Report's data set holds.

    Parameters
    ----------
    ds
        A data set with the SR Document Content Module. What is missing, malformed or of a kind that is not text
        (images, coordinates, references) is left out and counted; nothing is raised for it.
    """
    walk = _Walk()
    walk.go(ds, "", 1)
    sections = tuple(Section(draft.heading, tuple(draft.paragraphs)) for draft in walk.drafts if draft.paragraphs)
    signed = next((name for one in content.items(ds, "VerifyingObserverSequence") if (name := _signer(one))), "")
    verified = content.text(ds, "VerificationFlag") == "VERIFIED"
    is_final = verified and content.text(ds, "CompletionFlag") == "COMPLETE"
    return Report(content.name(ds), sections, is_final, signed, walk.references, walk.is_cut)


def to_bytes(report: Report | None) -> bytes:
    """Return a report, or that there is none, as it is stored."""
    return json.dumps(asdict(report) if report else None).encode()


def from_bytes(data: bytes) -> Report | None:
    """Return the report that to_bytes wrote."""
    facts = json.loads(data)
    if facts is None:
        return None
    sections = tuple(Section(one["heading"], tuple(one["paragraphs"])) for one in facts["sections"])
    return Report(**{**facts, "sections": sections})


def _qualified(item: Dataset) -> str:
    name, modifiers = content.name(item), content.modifiers(item)
    return f"{name} ({', '.join(modifiers)})" if name and modifiers else name


def _signer(item: Dataset) -> str:
    return readable_name(content.text(item, "VerifyingObserverName"))


def _labelled(name: str, heading: str, kind: str, values: list[str]) -> list[str]:
    """Put the item's name before its value, unless the heading says as much ("Findings", then "Finding")."""
    word = name.lower().rstrip("s")
    said = kind == "TEXT" and (word in _GENERIC or word in heading.lower())
    if said or not name or not values:
        return values
    return [f"{name}: {values[0]}", *values[1:]]
