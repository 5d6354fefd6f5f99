"""Videos end to end: a page that plays or says why not, the stream by ranges, and never the DICOM file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.urls import reverse
from pydicom import dcmread
from pydicom.encaps import encapsulate, generate_fragments

from pacs_gateway import upstream
from pacs_gateway.access.grant import Decision, mint_for_system
from pacs_gateway.access.principal import Principal
from pacs_gateway.access.right import Right
from pacs_gateway.index.models import Study
from pacs_gateway.upstream.spool import PIECE
from portal.people.models import PatientLink
from portal.people.policy import decide
from tests.cast import OWNER, Cast, make_cast
from tests.dicom_testdata import dicom_file
from tests.synthetic import ct_slice
from viewer import manifest, videos
from viewer.manifest import SeriesEntry

pytestmark = [pytest.mark.stack, pytest.mark.django_db, pytest.mark.usefixtures("workers")]
FILES = {"MPEG-4": "derived/video_h264_high41_us.dcm", "MPEG-2": "derived/video_mpeg2_mpml.dcm"}
MP4 = b"\x00\x00\x00\x18ftypisom" + bytes(range(256)) * 50_000


def _stored(folder: Path, number: int, name: str = "MPEG-4", stream: bytes = b"") -> tuple[str, bytes]:
    """Put a video into the PACS's folder; return its Study UID and its stream."""
    ds = dcmread(dicom_file(FILES[name]))
    ds.StudyInstanceUID, ds.SeriesInstanceUID = f"2.25.4711.7301{number}", f"2.25.4711.7301{number}.1"
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"2.25.4711.7301{number}.1.1"
    ds.PatientID, ds.IssuerOfPatientID = OWNER.patient_id, OWNER.issuer
    if stream:
        ds.PixelData = encapsulate([stream], has_bot=False)
    ds.save_as(folder / f"video{number}.dcm")
    upstream.prepare("main", print)
    return ds.StudyInstanceUID, b"".join(list(generate_fragments(ds.PixelData))[1:])


@pytest.fixture
def short(pacs_folder: Path) -> tuple[Cast, bytes]:
    uid, stream = _stored(pacs_folder, 1)
    return make_cast(study_uid=uid), stream


def _series(study: Study) -> SeriesEntry:
    grant = mint_for_system(study.ref, study.key, study.patient, "test", [Right.VIEW])
    (entry,) = manifest.load(grant).videos
    return entry


def _url(study: Study, name: str = "video-stream", number: int = 1) -> str:
    return reverse(f"viewer:{name}", args=[study.key, _series(study).id, number])


def test_the_study_page_leads_to_a_page_that_plays(short: tuple[Cast, bytes]) -> None:
    cast, _ = short
    client, page_url = cast.client("owner"), _url(cast.study, "video")
    study = client.get(reverse("studies:study", args=[cast.study.key])).content.decode()
    assert page_url in study
    assert "holds no pictures" not in study
    answer = client.get(page_url)
    page = answer.content.decode()
    assert f'src="{_url(cast.study)}"' in page
    assert "<video controls" in page
    assert "media-src 'self'" in answer["Content-Security-Policy"]


def test_what_no_browser_plays_says_so_and_can_be_saved(pacs_folder: Path) -> None:
    uid, stream = _stored(pacs_folder, 2, "MPEG-2")
    cast = make_cast(study_uid=uid)
    page = cast.client("owner").get(_url(cast.study, "video")).content.decode()
    assert "<video" not in page
    assert "Browsers do not play this kind" in page
    answer = cast.client("owner").get(_url(cast.study) + "?save")
    assert answer.getvalue() == stream
    assert answer["Content-Type"] == "video/mp2t"
    assert answer["Content-Disposition"] == 'attachment; filename="lightbox-video.ts"'


def test_the_stream_is_what_is_stored_and_no_dicom(short: tuple[Cast, bytes]) -> None:
    cast, stream = short
    answer = cast.client("owner").get(_url(cast.study))
    body = answer.getvalue()
    assert (answer.status_code, body) == (200, stream)
    assert (answer["Content-Type"], answer["Accept-Ranges"]) == ("video/mp4", "bytes")
    assert answer["Content-Length"] == str(len(stream))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    assert b"DICM" not in body[:1024]
    assert OWNER.patient_id.encode() not in body


def test_ranges_are_served(short: tuple[Cast, bytes]) -> None:
    cast, stream = short
    client, url, length = cast.client("owner"), _url(cast.study), len(stream)
    for field, first, end in [("bytes=0-9", 0, 10), ("bytes=100-", 100, length), ("bytes=-7", length - 7, length)]:
        answer = client.get(url, headers={"Range": field})
        assert (answer.status_code, answer.getvalue()) == (206, stream[first:end])
        assert answer["Content-Range"] == f"bytes {first}-{end - 1}/{length}"
        assert answer["Content-Length"] == str(end - first)
    answer = client.get(url, headers={"Range": f"bytes={length}-"})
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{length}")


def test_a_range_of_another_version_is_the_whole(short: tuple[Cast, bytes]) -> None:
    cast, _stream = short
    client, url = cast.client("owner"), _url(cast.study)
    etag = client.head(url)["ETag"]
    assert client.get(url, headers={"Range": "bytes=0-9", "If-Range": etag}).status_code == 206
    assert client.get(url, headers={"Range": "bytes=0-9", "If-Range": '"other"'}).status_code == 200
    assert cast.study.study_uid not in etag


def test_a_head_says_how_long_it_is(short: tuple[Cast, bytes]) -> None:
    cast, stream = short
    answer = cast.client("owner").head(_url(cast.study), headers={"Range": "bytes=0-9"})
    assert (answer.status_code, answer["Content-Length"], answer.getvalue()) == (200, str(len(stream)), b"")


def _pieces(answer: object) -> Iterator[bytes]:
    return iter(answer.streaming_content)  # type: ignore[attr-defined]


def test_a_long_video_passes_in_small_pieces(pacs_folder: Path) -> None:
    uid, _ = _stored(pacs_folder, 3, stream=MP4)
    cast = make_cast(study_uid=uid)
    answer = cast.client("owner").get(_url(cast.study))
    sizes = [len(piece) for piece in _pieces(answer)]
    answer.close()
    assert sum(sizes) == len(MP4)
    assert max(sizes) <= PIECE


def test_a_running_stream_stops_when_the_right_is_withdrawn(pacs_folder: Path) -> None:
    uid, _ = _stored(pacs_folder, 4, stream=MP4)
    cast = make_cast(study_uid=uid)
    answer = cast.client("owner").get(_url(cast.study))
    pieces, taken = _pieces(answer), []
    taken.append(next(pieces))
    PatientLink.objects.filter(user=cast.owner).delete()
    with pytest.raises(videos.Withdrawn):
        taken.extend(pieces)
    answer.close()
    assert sum(map(len, taken)) <= videos.ASK_AGAIN_BYTES


def test_a_video_cut_off_is_never_sent(pacs_folder: Path) -> None:
    uid, _ = _stored(pacs_folder, 5, stream=MP4)
    path = pacs_folder / "video5.dcm"
    cast = make_cast(study_uid=uid)
    url = _url(cast.study)
    path.write_bytes(path.read_bytes()[:-100_000])
    client = cast.client("owner")
    assert client.get(url).status_code in (502, 503)


def test_what_is_not_there_is_404(short: tuple[Cast, bytes]) -> None:
    cast, _ = short
    client = cast.client("owner")
    for name in ("video", "video-stream"):
        assert client.get(_url(cast.study, name, 2)).status_code == 404
        assert client.get(_url(cast.study, name, 0)).status_code == 404


def with_watermark(principal: Principal, study: Study, right: Right) -> Decision:
    """Let people do everything, under a watermark."""
    return replace(decide(principal, study, right), watermark="Copy")


def test_under_a_watermark_there_is_no_stream(short: tuple[Cast, bytes], settings) -> None:
    cast, _ = short
    client, url, page_url = cast.client("owner"), _url(cast.study), _url(cast.study, "video")
    settings.STUDY_POLICY = f"{__name__}.with_watermark"
    assert client.get(url).status_code == 404
    assert url not in client.get(page_url).content.decode()


@pytest.mark.parametrize(
    ("beginning", "media_type"),
    [
        (MP4[:16], "video/mp4"),
        (b"G" + bytes(187) + b"G", "video/mp2t"),
        (b"\x00\x00\x01\xba", "video/mpeg"),
        (b"\x00\x00\x00\x01\x67", "application/octet-stream"),
        (b"<html>", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_the_kind_is_read_from_the_stream(beginning: bytes, media_type: str) -> None:
    assert videos.media_type_of(beginning) == media_type


def test_a_stream_of_no_known_kind_is_only_saved(pacs_folder: Path) -> None:
    uid, _ = _stored(pacs_folder, 6, stream=b"<html><script>alert(1)</script>" * 10)
    cast = make_cast(study_uid=uid)
    answer = cast.client("owner").get(_url(cast.study))
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    answer.close()


def test_the_viewer_leads_to_the_videos_too(short: tuple[Cast, bytes], pacs_folder: Path) -> None:
    cast, _ = short
    still = ct_slice(OWNER.patient_id, 73011, 2, 1, issuer=OWNER.issuer)
    assert still.StudyInstanceUID == cast.study.study_uid
    still.save_as(pacs_folder / "still.dcm", enforce_file_format=True)
    upstream.prepare("main", print)
    page = cast.client("owner").get(reverse("viewer:study", args=[cast.study.key])).content.decode()
    assert f'href="{_url(cast.study, "video")}"' in page
    assert "has-one-series" not in page


def test_dicomweb_renders_a_video_as_the_mp4_that_is_stored(short: tuple[Cast, bytes]) -> None:
    cast, stream = short
    series = _series(cast.study)
    instance = series.frame(1).instance
    place = f"/dicomweb/studies/{cast.study.study_uid}/series/{instance.series_uid}/instances/{instance.instance_uid}"
    url, client = f"{place}/rendered", cast.client("owner")
    answer = client.get(url, headers={"accept": "video/mp4"})
    assert (answer.status_code, answer["Content-Type"], answer.getvalue()) == (200, "video/mp4", stream)
    assert client.get(url, headers={"accept": "video/mp4", "range": "bytes=4-7"}).getvalue() == b"ftyp"
    assert client.get(url, headers={"accept": "image/jpeg"}).status_code == 406
    assert cast.client("stranger").get(url, headers={"accept": "video/mp4"}).status_code == 404


def test_dicomweb_makes_no_mp4_of_another_stream(pacs_folder: Path) -> None:
    uid, _ = _stored(pacs_folder, 8, "MPEG-2")
    cast = make_cast(study_uid=uid)
    instance = _series(cast.study).frame(1).instance
    place = f"/dicomweb/studies/{uid}/series/{instance.series_uid}/instances/{instance.instance_uid}"
    answer = cast.client("owner").get(f"{place}/rendered", headers={"accept": "video/mp4"})
    assert answer.status_code == 406
