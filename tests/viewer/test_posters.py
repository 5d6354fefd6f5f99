"""What stands for a video before it plays: its file's icon, else words; for whoever may see the video, nobody else."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from django.utils import translation
from PIL import Image
from pydicom import Dataset, dcmread
from pydicom.data import get_testdata_file

from pacs_gateway import upstream
from tests.cast import OWNER, Cast, make_cast
from tests.dicom_testdata import dicom_file
from tests.viewer.test_videos import _url
from viewer.rendering import CannotRender, Reason
from viewer.rendering.icon import SIDE_MOST, render_icon
from viewer.rendering.tile import render_tile

RED = (200, 10, 10)


def icon(**changes: object) -> Dataset:
    item = Dataset()
    item.SamplesPerPixel, item.PhotometricInterpretation, item.PlanarConfiguration = 3, "RGB", 0
    item.Rows, item.Columns = 3, 5
    item.BitsAllocated = item.BitsStored = 8
    item.HighBit, item.PixelRepresentation = 7, 0
    # One byte more than the pixels, which makes the length even.
    item.PixelData = bytes(RED) * 15 + b"\0"
    for keyword, value in changes.items():
        setattr(item, keyword, value)
    header = Dataset()
    header.IconImageSequence = [item]
    return header


def test_the_icon_is_drawn() -> None:
    made = render_icon(icon())
    image = Image.open(io.BytesIO(made.data))
    assert (made.media_type, image.size) == ("image/png", (5, 3))
    assert image.getpixel((2, 1)) == RED
    assert "PixelData" in icon().IconImageSequence[0]


def test_an_icon_with_a_palette_is_drawn_as_pydicom_has_it() -> None:
    header = dcmread(get_testdata_file("examples_overlay.dcm"), stop_before_pixels=True)
    made = np.asarray(Image.open(io.BytesIO(render_icon(header).data)).convert("L")).astype(int)
    item = header.IconImageSequence[0]
    stored = np.frombuffer(item.PixelData, np.uint8).reshape(item.Rows, item.Columns)
    assert np.corrcoef(made.ravel(), stored.ravel())[0, 1] > 0.9


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (Dataset(), Reason.NO_PIXELS),
        (icon(PixelData=b""), Reason.NO_PIXELS),
        (icon(PixelData=bytes(10)), Reason.DAMAGED),
        (icon(Rows=SIDE_MOST + 1), Reason.TOO_LARGE),
        (icon(PhotometricInterpretation="HSV"), Reason.UNSUPPORTED_PIXELS),
    ],
)
def test_what_is_no_icon_is_refused(header: Dataset, reason: Reason) -> None:
    with pytest.raises(CannotRender) as refused:
        render_icon(header)
    assert refused.value.reason is reason


def _stored(folder: Path, number: int, header: Dataset) -> Cast:
    ds = dcmread(dicom_file("derived/video_h264_high41_us.dcm"))
    ds.StudyInstanceUID, ds.SeriesInstanceUID = f"2.25.4711.7401{number}", f"2.25.4711.7401{number}.1"
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"2.25.4711.7401{number}.1.1"
    ds.PatientID, ds.IssuerOfPatientID = OWNER.patient_id, OWNER.issuer
    ds.update(header)
    ds.save_as(folder / f"poster{number}.dcm")
    upstream.prepare("main", print)
    return make_cast(study_uid=ds.StudyInstanceUID)


@pytest.mark.stack
@pytest.mark.django_db
@pytest.mark.usefixtures("workers")
def test_a_video_is_shown_by_its_icon(pacs_folder: Path) -> None:
    cast = _stored(pacs_folder, 1, icon())
    answer = cast.client("owner").get(_url(cast.study, "video-poster"))
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert Image.open(io.BytesIO(answer.content)).getpixel((0, 0)) == RED
    page = cast.client("owner").get(_url(cast.study, "video")).content.decode()
    assert f'poster="{_url(cast.study, "video-poster")}"' in page
    assert cast.client("stranger").get(_url(cast.study, "video-poster")).status_code == 404
    assert cast.client("owner").get(_url(cast.study, "video-poster", number=2)).status_code == 404


@pytest.mark.stack
@pytest.mark.django_db
@pytest.mark.usefixtures("workers")
@pytest.mark.parametrize("header", [Dataset(), icon(PixelData=bytes(10))])
def test_a_video_without_an_icon_says_what_it_is(pacs_folder: Path, header: Dataset) -> None:
    cast = _stored(pacs_folder, 2 + len(header), header)
    for language, words in (("en", "Video"), ("es", "Vídeo")):
        answer = cast.client("owner").get(_url(cast.study, "video-poster"), headers={"accept-language": language})
        with translation.override(language):
            assert answer.content == render_tile(words, 256).data
