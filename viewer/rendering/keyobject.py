"""Key Object Selection: pictures that somebody marked, and why (PS3.3 C.17.6, PS3.16 CID 7010)."""

from __future__ import annotations

from dataclasses import dataclass

from pydicom import Dataset

from viewer.rendering.references import Images, images_of, items

# Rejected for Quality Reasons, for Patient Safety Reasons, Incorrect Modality Worklist Entry, Data Retention Policy
# Expired: such pictures are marked to be left out, not to be looked at.
REJECTIONS = frozenset({"113001", "113037", "113038", "113039"})
DEPTH_MOST, ITEMS_MOST = 8, 4000


@dataclass(frozen=True, slots=True)
class KeyObjects:
    """`images` were marked; `states` are the presentation states that they are to be shown with."""

    title: str
    images: Images
    states: Images
    is_rejection: bool


def key_objects(document: Dataset) -> KeyObjects:
    """Return what a Key Object Selection Document selects.

    Parameters
    ----------
    document : the data set with the SR Document Content Module; content other than images is left out, and so is
        what lies deeper than DEPTH_MOST or beyond ITEMS_MOST items.

    Raises
    ------
    ValueError : when a frame number is no number.
    """
    name = next(iter(items(document, "ConceptNameCodeSequence")), Dataset())
    selected = [one for content in _images(document) for one in items(content, "ReferencedSOPSequence")[:1]]
    return KeyObjects(
        title=str(name.get("CodeMeaning") or ""),
        images=images_of(selected),
        states=images_of(state for one in selected for state in items(one, "ReferencedSOPSequence")),
        is_rejection=str(name.get("CodeValue") or "") in REJECTIONS,
    )


def _images(document: Dataset) -> list[Dataset]:
    found: list[Dataset] = []
    level, left = [document], ITEMS_MOST
    for _ in range(DEPTH_MOST):
        level = [item for parent in level for item in items(parent, "ContentSequence")][:left]
        left -= len(level)
        found += [item for item in level if item.get("ValueType") == "IMAGE"]
    return found
