"""Whole slides: which images are a pyramid, and the way of a picture: HTTP, gate, queue, real worker, folder PACS."""

from __future__ import annotations

import io
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image
from pydicom import Dataset, dcmread
from pydicom.dataset import FileDataset
from pydicom.pixels import pixel_array

from pacs_gateway import upstream
from pacs_gateway.access.grant import Decision, StudyGrant, mint, mint_for_system
from pacs_gateway.access.right import Right
from pacs_gateway.errors import PacsBusy, PacsError, PacsNotFound
from pacs_gateway.refs import StudyRef
from pacs_gateway.upstream.checked import CheckedPacs
from pacs_gateway.upstream.config import PacsConfig
from pacs_gateway.upstream.dicomweb import DicomwebPacs
from tests.cast import OWNER, WHO_SEES, Cast, make_cast
from tests.dicom_testdata import dicom_file
from tests.orthanc import Orthanc
from tests.slides import COLUMNS, ROWS, SPACING, Glass, color_of, label_file, level_file, write_slide
from tests.synthetic import study_uid
from viewer import frames, manifest, metadata, params, store, tries
from viewer.manifest import Manifest, SeriesEntry
from viewer.rendering import Reason, decode
from viewer.rendering.canvas import Canvas
from viewer.rendering.cutting import cut
from viewer.rendering.detail import Box, Tile
from viewer.slides import pictures

FULL, SPARSE, REAL = 89700, 89701, 89702
HOLES = frozenset({(0, 0), (1, 0), (5, 7)})
WHITE = (255, 255, 255)
# What JPEG may change in a color.
NEAR = 6


def glass_of(organization: str) -> Glass:
    if organization == "TILED_FULL":
        return Glass(FULL, OWNER)
    return Glass(SPARSE, OWNER, "TILED_SPARSE", HOLES)


def _json(ds: FileDataset) -> dict[str, Any]:
    """Return an image as a PACS describes it."""
    told: dict[str, Any] = ds.to_json_dict(bulk_data_threshold=64, bulk_data_element_handler=lambda _: "")
    return told


def built(*changes: dict[str, Any], **more: Any) -> Manifest:
    """Return the manifest of a slide; each of `changes` changes the level in its place."""
    files = [level_file(glass_of("TILED_FULL"), level) for level in range(3)]
    for ds, change in zip(files, changes, strict=False):
        for name, value in change.items():
            setattr(ds, name, value)
    told = [_json(ds) for ds in files]
    return metadata.build("key", told, **more)


def test_the_images_of_a_slide_are_one_picture() -> None:
    (slide,) = built().series
    assert slide.pyramid is not None
    assert [(one.columns, one.rows) for one in slide.pyramid.levels] == [(4096, 3072), (2048, 1536), (1024, 768)]
    assert (slide.frame_count, slide.columns, slide.rows, slide.has_tiles) == (1, COLUMNS, ROWS, True)
    assert slide.pixel_spacing == (SPACING, SPACING)
    (told,) = slide.planes
    assert (told["orientation"], told["ways"], told["spacing"]) == (None, [], [SPACING, SPACING])
    assert manifest.from_bytes(manifest.to_bytes(Manifest((slide,)))).series == (slide,)


@pytest.mark.parametrize(
    ("change", "sizes"),
    [
        # Another piece of glass, or another part of it, lies beside.
        ({"FrameOfReferenceUID": "1.2.3"}, [[4096, 1024], [2048]]),
        ({"TotalPixelMatrixRows": 1400}, [[4096, 1024], [2048]]),
        # Not all frames are there.
        ({"NumberOfFrames": 47}, [[4096, 1024]]),
        # Part of a concatenation whose beginning is missing.
        ({"ConcatenationUID": "1.2.3", "ConcatenationFrameOffsetNumber": 48}, [[4096, 1024]]),
        ({"SamplesPerPixel": 1}, [[4096, 1024]]),
        ({"TotalPixelMatrixColumns": 0}, [[4096, 1024]]),
        # Nobody says where they lie.
        ({"DimensionOrganizationType": "3D"}, [[4096, 1024]]),
    ],
)
def test_what_does_not_fit_is_in_no_pyramid(change: dict[str, Any], sizes: list[list[int]]) -> None:
    found = [entry.pyramid for entry in built({}, change).series if entry.pyramid]
    assert [[level.columns for level in one.levels] for one in found] == sizes
    ids = [entry.id for entry in built({}, change).series]
    assert len(ids) == len(set(ids))


def test_a_slide_without_a_small_level_is_shown_frame_by_frame() -> None:
    """Nobody could see all of it: that would be too many frames at once."""
    (slide,) = metadata.build("key", [_json(level_file(glass_of("TILED_FULL"), 0))]).series
    assert (slide.pyramid, slide.frame_count) == (None, 192)


def test_a_concatenation_is_one_level() -> None:
    parts = [level_file(glass_of("TILED_FULL"), 2) for _ in range(2)]
    for number, part in enumerate(parts):
        part.SOPInstanceUID, part.ConcatenationUID = f"1.2.3.{number}", "1.2.3"
        part.ConcatenationFrameOffsetNumber, part.NumberOfFrames = (0, 5) if number == 0 else (5, 7)
    told = [_json(ds) for ds in parts[::-1]]
    (slide,) = metadata.build("key", told).series
    assert slide.pyramid is not None
    refs = [slide.pyramid.frame(slide.series_uid, 0, number) for number in (1, 5, 6, 12)]
    assert [(ref.instance.instance_uid[-1], ref.frame_number) for ref in refs] == [
        ("0", 1),
        ("0", 5),
        ("1", 1),
        ("1", 7),
    ]
    with pytest.raises(LookupError):
        slide.pyramid.frame(slide.series_uid, 0, 13)


def test_of_several_focal_planes_the_middle_one_is_shown() -> None:
    (slide,) = built({"TotalPixelMatrixFocalPlanes": 3, "NumberOfFrames": 3 * 192}).series
    assert slide.pyramid is not None
    assert slide.pyramid.levels[0].skipped == 192


def test_the_empty_glass_has_the_color_that_the_file_names() -> None:
    (slide,) = built({"RecommendedAbsentPixelCIELabValue": [0, 32896, 32896]}).series
    assert slide.pyramid is not None
    assert max(slide.pyramid.background) < 10


@pytest.mark.parametrize(
    ("measures", "volume", "spacing"),
    [
        ([0.25, 0.5], (9.0, 9.0), (0.25, 0.5)),
        (None, (4.096, 3.072), (0.001, 0.001)),
        (None, None, None),
        ([0.0, 0.5], None, None),
        ([1e-300, 1e300], None, None),
    ],
)
def test_lengths_come_from_the_file(
    measures: list[float] | None, volume: tuple[float, float] | None, spacing: tuple[float, float] | None
) -> None:
    group, shared = Dataset(), Dataset()
    if measures:
        group.PixelSpacing = measures
        shared.PixelMeasuresSequence = [group]
    change: dict[str, Any] = {"SharedFunctionalGroupsSequence": [shared]}
    if volume:
        change |= {"ImagedVolumeWidth": volume[0], "ImagedVolumeHeight": volume[1]}
    (slide,) = built(change).series
    assert slide.pixel_spacing == (spacing and pytest.approx(spacing))
    (told,) = slide.planes
    assert told["spacing_kind"] == ("glass" if spacing else "")


@pytest.mark.orthanc
def test_a_real_orthanc_tells_of_a_sparse_slide_and_sends_its_frames(tmp_path: Path) -> None:
    write_slide(tmp_path, glass_of("TILED_SPARSE"))
    grant = mint_for_system(StudyRef("main", study_uid(SPARSE)), "key", OWNER, "test", [Right.VIEW])
    with Orthanc() as orthanc:
        orthanc.store(sorted(tmp_path.rglob("*.dcm")))
        pacs = CheckedPacs(DicomwebPacs(PacsConfig("main", "http", orthanc.url)))
        slide, *beside = metadata.build("key", pacs.metadata(grant)).series
        assert slide.pyramid is not None
        cutting = cut(slide.pyramid.levels, Box(0, 0, 1024, 1024), 1024)
        placed = slide.pyramid.levels[0].frames_in(cutting.box)
        refs = {slide.pyramid.frame(slide.series_uid, 0, one.frame_number): one for one in placed}
        canvas = Canvas(cutting, WHITE)
        for sent in pacs.frames(grant, list(refs)):
            found = decode(sent.header, sent.data, sent.transfer_syntax_uid, sent.ref.frame_number)
            canvas.lay(found.pixels, refs[sent.ref])
    assert ([one.flavor for one in beside], len(placed)) == (["LABEL", "OVERVIEW"], 14)
    _assert_frames(canvas.pixels.astype(int), glass_of("TILED_SPARSE"), 0, 0, 0, 256)


def test_labels_are_beside_the_slide_and_may_be_left_out() -> None:
    files = [level_file(glass_of("TILED_FULL"), 2), *(label_file(glass_of(""), one) for one in ("OVERVIEW", "LABEL"))]
    told = [_json(ds) for ds in files]
    shown = metadata.build("key", told).series
    assert [(entry.flavor, bool(entry.pyramid)) for entry in shown] == [
        ("", True),
        ("LABEL", False),
        ("OVERVIEW", False),
    ]
    (only,) = metadata.build("key", told, has_labels=False).series
    assert only == shown[0]


# --- With real workers ---


@pytest.fixture(params=["TILED_FULL", "TILED_SPARSE"])
def glass(request: pytest.FixtureRequest) -> Glass:
    return glass_of(request.param)


@pytest.fixture
def cast(glass: Glass, pacs_folder: Path, workers: None) -> Cast:
    uid = write_slide(pacs_folder, glass)
    upstream.prepare("main", print)
    return make_cast(study_uid=uid)


@pytest.fixture
def grant(cast: Cast) -> StudyGrant:
    return mint_for_system(cast.study.ref, cast.study.key, cast.study.patient, "test", [Right.VIEW])


@pytest.fixture
def slide(grant: StudyGrant) -> SeriesEntry:
    return manifest.load(grant).series[0]


def _pixels(response: HttpResponse) -> np.ndarray:
    assert response.status_code == HTTPStatus.OK
    assert "X-Frame-Reason" not in response
    return np.asarray(Image.open(io.BytesIO(response.content))).astype(int)


def _tile(cast: Cast, slide: SeriesEntry, *place: int) -> str:
    return reverse("viewer:tile", args=[cast.study.key, slide.id, 1, *place]) + "?format=png"


def _assert_frames(pixels: np.ndarray, glass: Glass, level: int, column: int, row: int, side: int) -> None:
    """Check that a picture is made of frames `side` pixels wide, of a level, from that column and row on."""
    for y in range(0, pixels.shape[0], side):
        for x in range(0, pixels.shape[1], side):
            place = (column + x // side, row + y // side)
            is_hole = level == 0 and place in glass.without
            color = WHITE if is_hole else color_of(level, *place)
            part = pixels[y : y + side, x : x + side]
            assert np.abs(part - color).max() <= NEAR, (level, place, part[0, 0], color)


@pytest.mark.stack
@pytest.mark.django_db
def test_tiles_are_the_frames_of_the_level_that_is_sharp_enough(cast: Cast, slide: SeriesEntry, glass: Glass) -> None:
    owner = cast.client("owner")
    for level, column, row in [(0, 0, 0), (0, 7, 5), (0, 2, 3), (1, 3, 2), (2, 1, 1)]:
        response = owner.get(_tile(cast, slide, level, column, row))
        _assert_frames(_pixels(response), glass, level, column * 2, row * 2, 256)
        assert response["X-Frame-Scaled"] == str(int(level > 0))
        assert response["X-Frame-Lossy"] == "1"
    # Of what is smaller than the smallest level.
    smallest = _pixels(owner.get(_tile(cast, slide, 3, 0, 0)))
    assert smallest.shape == (384, 512, 3)
    _assert_frames(smallest, glass, 2, 0, 0, 128)


@pytest.mark.stack
@pytest.mark.django_db
@pytest.mark.usefixtures("workers")
@pytest.mark.parametrize("name", ["sm_image", "sm_image_jpegls"])
def test_a_real_slide_is_put_together(pacs_folder: Path, name: str) -> None:
    ds = dcmread(dicom_file(f"ImagingDataCommons__highdicom/data/test_files/{name}.dcm"))
    # Both files hold the same slide, one of them as it is.
    stored = pixel_array(dcmread(dicom_file("ImagingDataCommons__highdicom/data/test_files/sm_image.dcm"))).astype(int)
    ds.StudyInstanceUID, ds.SeriesInstanceUID = study_uid(REAL), f"{study_uid(REAL)}.1"
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"{study_uid(REAL)}.1.{len(name)}"
    ds.PatientID, ds.IssuerOfPatientID = OWNER.patient_id, OWNER.issuer
    (pacs_folder / "real-slide").mkdir(exist_ok=True)
    ds.save_as(pacs_folder / "real-slide" / "1.dcm")
    upstream.prepare("main", print)
    cast = make_cast(study_uid=study_uid(REAL))
    grant = mint_for_system(cast.study.ref, cast.study.key, cast.study.patient, "test", [Right.VIEW])
    (entry,) = manifest.load(grant).series
    address = reverse("viewer:frame", args=[cast.study.key, entry.id, 1]) + "?format=png"
    pixels = _pixels(cast.client("owner").get(address))
    assert pixels.shape == (50, 50, 3)
    for row, column in [(0, 0), (0, 4), (2, 1), (4, 4)]:
        part = pixels[row * 10 : row * 10 + 10, column * 10 : column * 10 + 10]
        assert (part == stored[row * 5 + column]).all()


@pytest.mark.stack
@pytest.mark.django_db
@pytest.mark.parametrize(("size", "level"), [(128, 2), (768, 2), (1536, 1), (4096, 1)])
def test_the_whole_slide_is_one_picture(cast: Cast, slide: SeriesEntry, glass: Glass, size: int, level: int) -> None:
    address = reverse("viewer:frame", args=[cast.study.key, slide.id, 1]) + f"?format=png&size={size}"
    pixels = _pixels(cast.client("owner").get(address))
    width = min(size, 2048)
    assert pixels.shape == (width * 3 // 4, width, 3)
    if width in (1024, 2048, 768):
        assert tuple(np.abs(pixels[0, 0] - color_of(level, 0, 0)) <= NEAR) == (True,) * 3


@pytest.mark.stack
@pytest.mark.django_db
@pytest.mark.parametrize("place", [(0, 8, 0), (0, 0, 6), (4, 0, 0), (99, 0, 0)])
def test_there_is_nothing_outside_the_slide(cast: Cast, slide: SeriesEntry, place: tuple[int, ...]) -> None:
    owner = cast.client("owner")
    assert owner.get(_tile(cast, slide, *place)).status_code == HTTPStatus.NOT_FOUND
    other = reverse("viewer:frame", args=[cast.study.key, slide.id, 2])
    assert owner.get(other).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.stack
@pytest.mark.django_db
@pytest.mark.parametrize(("who", "status"), WHO_SEES)
def test_who_sees_a_slide(cast: Cast, slide: SeriesEntry, who: str, status: HTTPStatus) -> None:
    client = cast.client(who)
    whole = reverse("viewer:frame", args=[cast.study.key, slide.id, 1]) + "?size=128"
    assert client.get(_tile(cast, slide, 1, 0, 1)).status_code == status
    assert client.get(whole).status_code == status


@pytest.mark.stack
@pytest.mark.django_db
def test_somebody_without_a_session_is_asked_to_sign_in(cast: Cast, slide: SeriesEntry) -> None:
    assert Client().get(_tile(cast, slide, 1, 0, 1)).status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.stack
@pytest.mark.django_db
def test_the_browser_is_told_of_slide_and_labels_without_uids(cast: Cast, slide: SeriesEntry) -> None:
    response = cast.client("owner").get(reverse("viewer:manifest", args=[cast.study.key]))
    told = response.json()["series"]
    assert [(one["is_slide"], one["has_tiles"], one["frame_count"]) for one in told] == [
        (True, True, 1),
        (False, False, 1),
        (False, False, 1),
    ]
    assert cast.study.study_uid.encode() not in response.content
    for one in told[1:]:
        address = reverse("viewer:frame", args=[cast.study.key, one["id"], 1]) + "?format=png"
        assert np.abs(_pixels(cast.client("owner").get(address)) - (200, 20, 20)).max() <= NEAR


@pytest.mark.stack
@pytest.mark.django_db
def test_an_anonymised_grant_has_no_label(cast: Cast, grant: StudyGrant) -> None:
    study, decision = cast.study, Decision(True, frozenset({Right.VIEW}), anonymised=True)
    nameless = mint(study.ref, study.key, study.patient, decision, "test")
    (only,) = manifest.load(nameless).series
    assert only.pyramid is not None
    assert [one.flavor for one in manifest.load(grant).series] == ["", "LABEL", "OVERVIEW"]
    assert not frames.one(nameless, only, 1, params.FrameParams(size=128)).reason


@pytest.mark.stack
@pytest.mark.django_db
def test_a_tile_is_kept_by_class_of_grant(cast: Cast, grant: StudyGrant, slide: SeriesEntry) -> None:
    study, wanted = cast.study, params.FrameParams(tile=Tile(1, 0, 0), media_type="image/png")
    marked = mint(
        study.ref, study.key, study.patient, Decision(True, frozenset({Right.VIEW}), watermark="For A. Miller"), "test"
    )
    one, other = (frames.tile(each, slide, 1, wanted) for each in (grant, marked))
    assert one.data != other.data
    assert frames.tile(grant, slide, 1, wanted).data == one.data


@pytest.mark.stack
@pytest.mark.django_db
def test_a_slide_has_no_exact_values(cast: Cast, slide: SeriesEntry) -> None:
    address = reverse("viewer:windowable", args=[cast.study.key, slide.id, 1])
    assert cast.client("owner").get(address).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.stack
@pytest.mark.django_db
@pytest.mark.parametrize("glass", ["TILED_FULL"], indirect=True)
def test_frames_that_do_not_fit_their_level_are_refused(cast: Cast, grant: StudyGrant, slide: SeriesEntry) -> None:
    """The PACS's metadata says otherwise than its files: what would be drawn is somewhere else."""
    assert slide.pyramid is not None
    levels = tuple(replace(level, frame_columns=128) for level in slide.pyramid.levels)
    changed = replace(slide, pyramid=replace(slide.pyramid, levels=levels))
    manifest.keep(manifest.key_of(grant), Manifest((changed,)))
    made = frames.one(grant, changed, 1, params.FrameParams(tile=Tile(0, 0, 0)))
    assert made.reason == Reason.MISMATCH


@pytest.mark.stack
@pytest.mark.django_db
@pytest.mark.parametrize("glass", ["TILED_FULL"], indirect=True)
def test_a_picture_that_was_begun_too_often_is_given_up(cast: Cast, grant: StudyGrant, slide: SeriesEntry) -> None:
    wanted = params.FrameParams(tile=Tile(0, 0, 0))
    for _ in range(tries.MOST):
        store.count([pictures.key_of(grant, slide, 1, wanted)])
    assert frames.one(grant, slide, 1, wanted).reason == Reason.GAVE_UP


@pytest.mark.stack
@pytest.mark.django_db
@pytest.mark.parametrize("glass", ["TILED_FULL"], indirect=True)
@pytest.mark.parametrize(("change", "error"), [({"id": "another"}, PacsNotFound), ({"series_uid": "1.2.3"}, PacsBusy)])
def test_who_asks_for_a_slide_that_has_changed_meanwhile_is_told_at_once(
    cast: Cast, grant: StudyGrant, slide: SeriesEntry, change: dict[str, str], error: type[PacsError]
) -> None:
    manifest.keep(manifest.key_of(grant), Manifest((replace(slide, **change),)))  # type: ignore[arg-type]
    with pytest.raises(error):
        frames.one(grant, slide, 1, params.FrameParams(tile=Tile(0, 0, 0)))


ODD: list[Any] = [None, -1, 0, 10**12, 1e308, "NaN", "x", "", [], {}, {"vr": "SQ", "Value": [None, 3]}]
TAGS = [
    "00080008",
    "00080019",
    "00082112",
    "00200052",
    "00209161",
    "00209228",
    "00209311",
    "00280002",
    "00280008",
    "00280010",
    "00280011",
    "00280100",
    "00480001",
    "00480002",
    "00480006",
    "00480007",
    "00480008",
    "00480010",
    "00480015",
    "00480303",
    "52009229",
    "52009230",
]


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("organization", ["TILED_FULL", "TILED_SPARSE"])
def test_nonsense_in_the_metadata_of_a_slide_ends_nothing(organization: str, tag: str) -> None:
    """A slide that is told of badly is shown otherwise, or with less; the rest of the study is there all the same."""
    glass = glass_of(organization)
    good = [_json(level_file(glass, level)) for level in (1, 2)]
    for odd in ODD:
        for values in ([odd], [odd] * 3, []):
            told = metadata.build("key", [good[0] | {tag: {"vr": "UN", "Value": values}}, good[1]])
            assert manifest.from_bytes(manifest.to_bytes(told)) == told
            for entry in told.series:
                if entry.pyramid:
                    cut(entry.pyramid.levels, entry.pyramid.whole, 100)
