"""From a PACS's DICOM JSON (PS3.18 F.2) to a manifest."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from pacs_gateway.dicomjson import first, text, values
from viewer import geometry, plane
from viewer.attaching import attach
from viewer.manifest import Entry, Manifest, SeriesEntry, series_id
from viewer.rendering.decode import VIDEO
from viewer.rendering.detail import SIDE
from viewer.rendering.sop_classes import Shown, how_shown
from viewer.slides.flavors import flavor_of, shows_label
from viewer.slides.glass import pyramids_of
from viewer.slides.pyramid import Pyramid
from viewer.slides.sameness import spacing_of
from viewer.uptake import suv_factor
from viewer.volumes import volume_of
from viewer.waveforms import as_picture

DicomJson = dict[str, Any]

SERIES_UID, INSTANCE_UID, SOP_CLASS = "0020000E", "00080018", "00080016"
AVAILABLE_SYNTAX = "00083002"
# In pixels of the longest side: what is larger is fetched in parts.
LARGE = 2048


def build(study_key: str, instances: Iterable[DicomJson], *, has_labels: bool = True) -> Manifest:
    """Return the manifest of a study from the metadata of its instances, without labels of slides where told so.

    Instances of one series that are shown in different ways, such as stills and videos, become series of their own.
    """
    groups: dict[tuple[str, str, str], list[DicomJson]] = {}
    found = [as_picture(one) for one in instances if has_labels or not shows_label(one)]
    for instance in found:
        key = (str(first(instance, SERIES_UID)), kind_of(instance), flavor_of(instance))
        groups.setdefault(key, []).append(instance)
    series = [entry for key, group in groups.items() for entry in _entries(study_key, *key, group)]
    series = attach(study_key, series, found)
    return Manifest(tuple(sorted(series, key=_place_in_list)))


def _place_in_list(entry: SeriesEntry) -> tuple[bool, int, str, str, str]:
    return (entry.kind != "image", entry.number or 0, entry.series_uid, entry.kind, entry.flavor)


def _entries(study_key: str, uid: str, kind: str, flavor: str, instances: list[DicomJson]) -> Iterator[SeriesEntry]:
    """Yield a series as it is listed: its slides, each one picture, and what else it holds."""
    found, left = pyramids_of(instances) if kind == "image" else ([], instances)
    for at, (pyramid, base) in enumerate(found):
        yield _slide(study_key, uid, f"slide{at or ''}", pyramid, base)
    if left:
        entry = _series(study_key, uid, kind, left)
        yield replace(entry, id=series_id(study_key, uid, kind + flavor), flavor=flavor)


def _slide(study_key: str, uid: str, name: str, pyramid: Pyramid, base: DicomJson) -> SeriesEntry:
    """Return a slide: one picture, of which its first frame knows the rest."""
    head = base | {"00280008": {"vr": "IS", "Value": [1]}, "52009230": {"vr": "SQ"}}
    entry, spacing = _series(study_key, uid, "image", [head]), spacing_of(base, pyramid)
    (own,) = entry.planes
    return replace(
        entry,
        id=series_id(study_key, uid, name),
        rows=pyramid.whole.bottom,
        columns=pyramid.whole.right,
        pixel_spacing=spacing,
        planes=(own | {"spacing": spacing and list(spacing), "spacing_kind": plane.GLASS if spacing else ""},),
        positions=(),
        has_tiles=max(pyramid.whole.right, pyramid.whole.bottom) > SIDE,
        pyramid=pyramid,
    )


def kind_of(instance: DicomJson) -> str:
    """Return how an instance is reached: "image" (as frames), "video", "document", "report" or "other"."""
    shown = how_shown(text(instance, SOP_CLASS))
    syntax = text(instance, AVAILABLE_SYNTAX)
    if shown in (Shown.PICTURE, Shown.VIDEO) and (syntax in VIDEO or (shown is Shown.VIDEO and not syntax)):
        return "video"
    if shown in (Shown.PICTURE, Shown.VIDEO, Shown.WAVEFORM):
        return "image" if first(instance, "00280010") else "other"
    return shown.value if shown in (Shown.DOCUMENT, Shown.REPORT) else "other"


def _series(study_key: str, uid: str, kind: str, instances: list[DicomJson]) -> SeriesEntry:
    ordered = in_order(instances)
    middle = ordered[len(ordered) // 2]
    entries = tuple(Entry(str(first(one, INSTANCE_UID)), _frame_count(one, kind)) for one in ordered)
    volume, not_volume = volume_of(ordered) if kind == "image" else (None, "")
    return SeriesEntry(
        id=series_id(study_key, uid, kind),
        series_uid=uid,
        number=_whole(middle, "00200011"),
        description=text(middle, "0008103E"),
        modality=text(middle, "00080060"),
        kind=kind,
        sop_class_uid=text(middle, SOP_CLASS),
        transfer_syntax_uid=text(middle, AVAILABLE_SYNTAX),
        frame_count=sum(entry.frame_count for entry in entries),
        rows=_whole(middle, "00280010") or 0,
        columns=_whole(middle, "00280011") or 0,
        laterality=text(middle, "00200062") or text(middle, "00200060"),
        body_part=_shared(ordered, "00180015"),
        view_position=_shared(ordered, "00185101"),
        windows=windows(middle),
        is_color=(_whole(middle, "00280002") or 1) > 1 or text(middle, "00280004") == "PALETTE COLOR",
        is_inverted=text(middle, "00280004") == "MONOCHROME1" or text(middle, "20500020") == "INVERSE",
        cine_rate=cine_rate(middle),
        pixel_spacing=_spacing(middle),
        planes=plane.runs(ordered),
        unit=unit(middle),
        suv_factor=suv_factor(ordered),
        lossy=any(text(one, "00282110") == "01" for one in ordered),
        entries=entries,
        frame_of_reference_uid=geometry.frame_of_reference(ordered),
        positions=geometry.positions(ordered) if kind == "image" else (),
        volume=volume,
        not_volume=not_volume,
        has_tiles=kind == "image" and _is_large(ordered),
    )


def _shared(instances: Sequence[DicomJson], tag: str) -> str:
    """Return the code that all instances say, "" when they do not say the same."""
    found = {text(one, tag).upper() for one in instances}
    return found.pop() if len(found) == 1 else ""


def _is_large(instances: Sequence[DicomJson]) -> bool:
    """Tell whether all pictures are large and of one size: a tile lies at the same place in each of them."""
    sizes = {(_whole(one, "00280010") or 0, _whole(one, "00280011") or 0) for one in instances}
    return len(sizes) == 1 and max(*sizes.pop()) > LARGE


def unit(instance: DicomJson) -> str:
    """Return the unit of the modality values, "" when the file names none (PS3.3 C.11.1.1.2, C.8.9.1.1.3)."""
    named = text(instance, "00541001") or text(instance, "00281054")
    is_hounsfield = named == "HU" or (not named and text(instance, "00080060") == "CT")
    return "HU" if is_hounsfield else "" if named in ("US", "NONE") else named


def _frame_count(instance: DicomJson, kind: str) -> int:
    """Return how many pictures an instance is; a video, a document or a report is one."""
    if kind != "image":
        return 1
    return max(_whole(instance, "00280008") or 1, 1)


def _number(value: object) -> float | None:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _whole(instance: DicomJson, tag: str) -> int | None:
    number = _number(first(instance, tag))
    return int(number) if number is not None else None


def _numbers(instance: DicomJson, tag: str) -> list[float]:
    return [number for number in map(_number, values(instance, tag)) if number is not None]


def _spacing(instance: DicomJson) -> tuple[float, float] | None:
    spacing = _numbers(instance, "00280030")
    return (spacing[0], spacing[1]) if len(spacing) == 2 else None


def cine_rate(instance: DicomJson) -> float | None:
    """Return frames per second: Recommended Display Frame Rate, Cine Rate, or from Frame Time (PS3.3 C.7.6.5)."""
    for tag in ("00082144", "00180040"):
        rate = _number(first(instance, tag))
        if rate and rate > 0:
            return rate
    milliseconds = _number(first(instance, "00181063"))
    return 1000 / milliseconds if milliseconds and milliseconds > 0 else None


def windows(instance: DicomJson) -> tuple[dict[str, Any], ...]:
    """Return the windows that the file offers, by name (PS3.3 C.11.2)."""
    centers, widths = _numbers(instance, "00281050"), _numbers(instance, "00281051")
    names, function = [str(name) for name in values(instance, "00281055")], text(instance, "00281056") or "LINEAR"
    offered = zip(centers, widths, names + [""] * len(centers), strict=False)
    return tuple(
        {"name": name, "center": center, "width": width, "function": function}
        for center, width, name in offered
        if width >= 1 or (width > 0 and function != "LINEAR")
    )


def in_order(instances: Sequence[DicomJson]) -> list[DicomJson]:
    """Return a series' instances in the order a reader scrolls: along the normal, else by Instance Number."""
    by_number = sorted(instances, key=lambda one: (_whole(one, "00200013") or 0, str(first(one, INSTANCE_UID))))
    places = [_place(one) for one in by_number]
    if len(by_number) < 2 or any(place is None for place in places) or not _is_stack(by_number):
        return by_number
    distances = [place for place in places if place is not None]
    if len({round(distance, 2) for distance in distances}) != len(distances):
        return by_number
    along = [one for _, one in sorted(zip(distances, by_number, strict=True), key=lambda pair: pair[0])]
    # Keep the direction in which the scanner numbered the slices.
    rising = sum(1 if after > before else -1 for before, after in pairwise(distances))
    return along if rising >= 0 else along[::-1]


def _is_stack(instances: Sequence[DicomJson]) -> bool:
    orientations = {tuple(round(part, 3) for part in _numbers(one, "00200037")) for one in instances}
    return len(orientations) == 1


def _place(instance: DicomJson) -> float | None:
    """Return how far along its own normal a slice lies, in mm (PS3.3 C.7.6.2)."""
    position, orientation = _numbers(instance, "00200032"), _numbers(instance, "00200037")
    if len(position) != 3 or len(orientation) != 6:
        return None
    (a, b, c), (d, e, f) = orientation[:3], orientation[3:]
    normal = (b * f - c * e, c * d - a * f, a * e - b * d)
    return sum(p * n for p, n in zip(position, normal, strict=True))
