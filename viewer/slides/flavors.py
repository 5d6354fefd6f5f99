"""What the images of a slide show: the glass itself, its label, or both (Image Type, PS3.3 C.8.12.4.1.1)."""

from __future__ import annotations

from typing import Any

from pacs_gateway.dicomjson import number, text, values

DicomJson = dict[str, Any]
WHOLE_SLIDE = "1.2.840.10008.5.1.4.1.1.77.1.6"
LABEL, OVERVIEW = "LABEL", "OVERVIEW"
# LOCALIZER is what OVERVIEW was called before.
_FLAVORS = {LABEL: LABEL, OVERVIEW: OVERVIEW, "LOCALIZER": OVERVIEW}
_PARTS = ("VOLUME", "THUMBNAIL")


def flavor_of(instance: DicomJson) -> str:
    """Return LABEL or OVERVIEW for those images of a slide, "" for any other (Image Type, PS3.3 C.8.12.4.1.1)."""
    kinds = values(instance, "00080008")
    is_slide = text(instance, "00080016") == WHOLE_SLIDE
    return _FLAVORS.get(str(kinds[2]), "") if is_slide and len(kinds) > 2 else ""


def shows_label(instance: DicomJson) -> bool:
    """Tell whether an image may show the slide's label, on which the patient's name may stand."""
    return bool(flavor_of(instance)) or text(instance, "00480010") == "YES"


def images_of(instances: list[DicomJson]) -> list[list[DicomJson]]:
    """Return the images of the glass itself, each with its instances in order: several are a concatenation."""
    found: dict[str, list[DicomJson]] = {}
    for one in instances:
        kinds = values(one, "00080008")
        if text(one, "00080016") == WHOLE_SLIDE and len(kinds) > 2 and kinds[2] in _PARTS:
            found.setdefault(text(one, "00209161") or text(one, "00080018"), []).append(one)
    return [sorted(parts, key=lambda one: number(one, "00209228")) for parts in found.values()]
