"""What a study holds: its series, their frames in order, and how each wants to be shown.

Built by a worker from the PACS's metadata, kept for a few minutes, read by web processes. UIDs stay on the server;
what a browser gets is `public`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Any

from django.utils.crypto import salted_hmac
from pydicom.uid import UID

from pacs_gateway.access.grant import StudyGrant, sign
from pacs_gateway.access.right import Right
from pacs_gateway.refs import FrameRef, InstanceRef
from viewer import asking, parsed, reformats, store
from viewer.attached import Segmentation, State, segmentation_from, state_from
from viewer.geometry import Position
from viewer.rendering import Reason
from viewer.rendering.references import Images
from viewer.rendering.reformat import Grid
from viewer.rendering.sop_classes import Shown, how_shown
from viewer.slides.pyramid import Pyramid, pyramid_from
from viewer.volumes import Volume, volume_from

# A manifest is shown for as long as it is kept; one that is no longer fresh is built anew meanwhile.
FRESH_SECONDS = 300
# So many frames are listed at most for a state, a segmentation or a selection, whatever a file counts.
LISTED_MOST = 20_000
KEPT_SECONDS = 6 * 3600
PARSED_KEPT = 32
_VERSION = "m12"


@dataclass(frozen=True, slots=True)
class Entry:
    """One instance of a series: how many frames it has and where they begin in the series (from 1)."""

    instance_uid: str
    frame_count: int


@dataclass(frozen=True, slots=True)
class SeriesEntry:
    """One series. `id` is the opaque name used in URLs; `entries` are its instances in the order they are shown.

    `states` are presentation states, newest first, `segmentations` the same for SEG: ask for a frame that is in their
    `frames` with `state=<id>` or `seg=<id>`. `key_frames` are the frames that a Key Object Selection marks, and
    `key_title` says why, as in "For Referring Provider". `positions` says where each frame lies (geometry.py). `volume`
    tells how it lies where it is one, `not_volume` why it is none (rendering/notvolume.py). `reformat` names what is
    calculated of the volume, "" for a series as it is. `has_tiles` says that its pictures
    are large and of one size, so that parts of them may be asked for (rendering/detail.py). `pyramid` is how a whole
    slide, which is one picture, is composed of its frames; `flavor` says LABEL or OVERVIEW of the other images of it.
    `suv_factor` is what turns the values of a PET series into SUVbw, where that is known (uptake.py).
    """

    id: str
    series_uid: str
    number: int | None
    description: str
    modality: str
    kind: str
    sop_class_uid: str
    transfer_syntax_uid: str
    frame_count: int
    rows: int
    columns: int
    laterality: str
    windows: tuple[dict[str, Any], ...]
    is_color: bool
    is_inverted: bool
    cine_rate: float | None
    pixel_spacing: tuple[float, float] | None
    planes: tuple[dict[str, Any], ...]
    unit: str
    lossy: bool
    entries: tuple[Entry, ...]
    states: tuple[State, ...] = ()
    segmentations: tuple[Segmentation, ...] = ()
    key_frames: tuple[int, ...] = ()
    key_title: str = ""
    frame_of_reference_uid: str = ""
    positions: tuple[Position | None, ...] = ()
    volume: Volume | None = None
    not_volume: str = ""
    reformat: str = ""
    body_part: str = ""
    view_position: str = ""
    has_tiles: bool = False
    pyramid: Pyramid | None = None
    flavor: str = ""
    suv_factor: float | None = None

    @property
    def grid(self) -> Grid:
        """Return where the frames of a calculated series lie."""
        assert self.volume is not None
        return reformats.grid_of(self.volume, self.reformat)

    def calculated(self, name: str) -> SeriesEntry | None:
        """Return what can be calculated from the series under that name (reformats.py), None when nothing can."""
        if self.volume is None or name not in reformats.NAMES:
            return None
        none: dict[str, Any] = dict.fromkeys(("states", "segmentations", "key_frames"), ())
        beside = {**none, "key_title": "", "has_tiles": False}
        facts = reformats.facts_of(self.volume, name)
        return replace(self, id=f"{self.id}{reformats.BEHIND}{name}", reformat=name, **facts, **beside)

    @property
    def shown(self) -> Shown:
        """Return how the registry of SOP classes says its instances are shown."""
        return how_shown(self.sop_class_uid)

    @property
    def sop_class_name(self) -> str:
        """Return the name of the SOP class (PS3.6 A), or its UID where nobody knows it."""
        return UID(self.sop_class_uid).name

    @property
    def refusal(self) -> Reason | None:
        """Return why the series has no frames to draw, None when it has."""
        if self.kind == "image":
            return None
        if self.kind == "video":
            return Reason.VIDEO
        return Reason.UNSUPPORTED_SOP_CLASS if self.shown is Shown.NOT_DRAWN else Reason.NO_PIXELS

    @property
    def middle_frame(self) -> int:
        """Return the number of the frame that stands for the series."""
        return (self.frame_count + 1) // 2

    def frame(self, number: int) -> FrameRef:
        """Return the frame that is number `number` in the series, counted from 1; raises LookupError outside it.

        What is calculated has no frames of its own in the archive, and a slide's picture is none of them.
        """
        if self.reformat or self.pyramid:
            raise LookupError("a calculated frame is in no file")
        return self.stored_frame(number)

    def stored_frame(self, number: int) -> FrameRef:
        """Return the frame that is number `number` of those in the archive; raises LookupError outside them."""
        if self.frame_count == len(self.entries) and 1 <= number <= self.frame_count:
            # Each has one: none has fewer.
            return FrameRef(InstanceRef(self.series_uid, self.entries[number - 1].instance_uid), 1)
        left = number
        for entry in self.entries:
            if 1 <= left <= entry.frame_count:
                return FrameRef(InstanceRef(self.series_uid, entry.instance_uid), left)
            left -= entry.frame_count
        raise LookupError("no such frame")

    def state(self, state_id: str) -> State | None:
        """Return the presentation state with that opaque id, None when the series has none."""
        return next((state for state in self.states if state.id == state_id), None)

    def segmentation(self, segmentation_id: str) -> Segmentation | None:
        """Return the segmentation with that opaque id, None when the series has none."""
        return next((one for one in self.segmentations if one.id == segmentation_id), None)

    def numbers_of(self, images: Images) -> tuple[int, ...]:
        """Return the numbers, counted from 1, of the first LISTED_MOST frames of the series that are in `images`."""
        return tuple(islice(self._numbers_of(images), LISTED_MOST))

    def _numbers_of(self, images: Images) -> Iterator[int]:
        before = 0
        for entry in self.entries:
            if entry.instance_uid in images:
                named = sorted(images[entry.instance_uid]) or range(1, entry.frame_count + 1)
                yield from (before + number for number in named if 1 <= number <= entry.frame_count)
            before += entry.frame_count


@dataclass(frozen=True, slots=True)
class Manifest:
    """A study's series in the order they are listed."""

    series: tuple[SeriesEntry, ...]

    def find(self, series_id: str) -> SeriesEntry | None:
        """Return the series with that opaque id, or what is calculated from it; None when the study has none."""
        own_id, is_calculated, name = series_id.partition(reformats.BEHIND)
        entry = next((entry for entry in self.series if entry.id == own_id), None)
        return entry.calculated(name) if entry and is_calculated else entry

    def stored(self, entry: SeriesEntry) -> SeriesEntry:
        """Return the series that a calculated one is made of; any other is itself."""
        own_id = entry.id.partition(reformats.BEHIND)[0]
        return next((one for one in self.series if one.id == own_id), entry)

    @property
    def images(self) -> tuple[SeriesEntry, ...]:
        """Return the series that have pictures."""
        return tuple(entry for entry in self.series if entry.kind == "image")

    @property
    def videos(self) -> tuple[SeriesEntry, ...]:
        """Return the series that are videos; each of their frames is one."""
        return tuple(entry for entry in self.series if entry.kind == "video")

    @property
    def documents(self) -> tuple[SeriesEntry, ...]:
        """Return the series that are documents to read; each of their frames is one."""
        return tuple(entry for entry in self.series if entry.kind == "document")

    @property
    def not_drawn(self) -> tuple[SeriesEntry, ...]:
        """Return the series that are kept but not shown at all."""
        return tuple(entry for entry in self.series if entry.shown is Shown.NOT_DRAWN)

    @property
    def report(self) -> SeriesEntry | None:
        """Return the newest series that is a structured report, if there is one."""
        return next((entry for entry in reversed(self.series) if entry.kind == "report"), None)


def series_id(study_key: str, series_uid: str, kind: str = "image") -> str:
    """Return the opaque name of a series inside a study: stable, and useless without the study's key."""
    return salted_hmac("viewer.manifest.series", f"{study_key}|{series_uid}|{kind}").hexdigest()[:16]


def key_of(grant: StudyGrant) -> str:
    """Return the name of the study's manifest in the store; when the study becomes somebody else's, it is another."""
    facts = f"{grant.patient.patient_id}|{grant.patient.issuer}|{grant.edition}|{grant.cache_class}"
    digest = salted_hmac("viewer.manifest.key", facts).hexdigest()[:16]
    return f"manifest:{_VERSION}:{grant.study_key}:{digest}"


def load(grant: StudyGrant) -> Manifest:
    """Return the manifest of the granted study; a worker builds it if it is not at hand.

    Raises GrantRefused, PacsError, or WorkersBusy.
    """
    from viewer.tasks import build_manifest

    grant.require(Right.VIEW)
    key = key_of(grant)
    found, is_fresh = _parsed.get(key)
    if found is None:
        return from_bytes(asking.ask(build_manifest, key, sign(grant), caller=grant.principal))
    if not is_fresh and store.claim([key]):
        asking.begin([key], lambda _: asking.publish(build_manifest, sign(grant), caller=grant.principal))
    return found


def at_hand(grant: StudyGrant) -> Manifest | None:
    """Return the manifest of the granted study if it is stored."""
    return _parsed.get(key_of(grant))[0]


def keep(key: str, manifest: Manifest) -> None:
    """Store a manifest that was built just now, and tell whoever waits for it."""
    stored = to_bytes(manifest)
    parsed.mark(key, stored, FRESH_SECONDS)
    asking.deliver(key, stored, KEPT_SECONDS)


def to_bytes(manifest: Manifest) -> bytes:
    """Return the manifest as it is stored."""
    return json.dumps(asdict(manifest)).encode()


@lru_cache(maxsize=PARSED_KEPT)
def from_bytes(data: bytes) -> Manifest:
    """Return the manifest that to_bytes wrote."""
    return Manifest(tuple(_series(facts) for facts in json.loads(data)["series"]))


_parsed = parsed.Parsed(from_bytes, PARSED_KEPT)


def _series(facts: dict[str, Any]) -> SeriesEntry:
    spacing = facts["pixel_spacing"]
    return SeriesEntry(
        **{
            **facts,
            "windows": tuple(facts["windows"]),
            "planes": tuple(facts["planes"]),
            "entries": tuple(Entry(**entry) for entry in facts["entries"]),
            "pixel_spacing": (spacing[0], spacing[1]) if spacing else None,
            "states": tuple(state_from(state) for state in facts["states"]),
            "segmentations": tuple(segmentation_from(one) for one in facts["segmentations"]),
            "key_frames": tuple(facts["key_frames"]),
            "positions": tuple(place and (place[0], place[1], place[2]) for place in facts["positions"]),
            "volume": volume_from(facts["volume"]),
            "pyramid": pyramid_from(facts["pyramid"]),
        }
    )
