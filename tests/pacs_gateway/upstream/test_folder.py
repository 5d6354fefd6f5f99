"""The folder: what is in it is found, followed and never written to."""

from __future__ import annotations

import os
import shutil
import stat
import threading
from pathlib import Path

import pytest

from pacs_gateway.errors import PacsIncomplete, PacsNotFound, PacsUnavailable
from pacs_gateway.upstream.base import StudyQuery, StudyRecord
from pacs_gateway.upstream.catalog import Catalog
from pacs_gateway.upstream.checked import CheckedPacs
from pacs_gateway.upstream.folder import FolderPacs
from pacs_gateway.upstream.scan import walk
from tests.pacs_gateway.upstream.selection import Sample, sample


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pacs_gateway.upstream.catalog.FRESH_SECONDS", 0.0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "dicom"
    folder.mkdir()
    shutil.copy(sample("native").path, folder / "first")
    return folder


@pytest.fixture
def client(folder: Path, tmp_path: Path) -> FolderPacs:
    return FolderPacs("main", folder, tmp_path / "catalogs")


def studies(client: FolderPacs) -> list[StudyRecord]:
    return client.search_studies(StudyQuery())


def test_what_is_added_changed_or_removed_is_followed(client: FolderPacs, folder: Path):
    assert [record.patient for record in studies(client)] == [sample("native").patient]
    (folder / "below" / "it").mkdir(parents=True)
    shutil.copy(sample("palette").path, folder / "below" / "it" / "second.dcm")
    assert len(studies(client)) == 2
    shutil.copy(sample("overlay").path, folder / "first")
    assert {record.patient for record in studies(client)} == {sample("overlay").patient, sample("palette").patient}
    (folder / "first").unlink()
    assert [record.patient for record in studies(client)] == [sample("palette").patient]


def test_files_that_did_not_change_are_not_read_again(client: FolderPacs, monkeypatch: pytest.MonkeyPatch):
    studies(client)
    monkeypatch.setattr("pacs_gateway.upstream.catalog.read_item", lambda path: pytest.fail("read again"))
    assert len(studies(client)) == 1


def test_what_is_not_dicom_is_counted(client: FolderPacs, folder: Path):
    (folder / "notes.txt").write_text("no")
    (folder / "cut").write_bytes((folder / "first").read_bytes()[:300])
    (folder / "empty").touch()
    os.mkfifo(folder / "pipe")
    steps: list[tuple[int, int]] = []
    counts = client.prepare(lambda done, of: steps.append((done, of)))
    assert (counts.dicom, counts.skipped) == (1, 3)
    assert steps == [(4, 4)]


def test_links_are_followed_and_circles_are_not(client: FolderPacs, folder: Path, tmp_path: Path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(sample("palette").path, elsewhere / "file")
    (folder / "link").symlink_to(elsewhere)
    (elsewhere / "back").symlink_to(folder)
    (folder / "broken").symlink_to(tmp_path / "nowhere")
    assert set(walk(folder)) == {"first", "link/file"}
    assert len(studies(client)) == 2


def test_nothing_is_written_into_the_folder(client: FolderPacs, folder: Path, tmp_path: Path):
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    studies(client)
    list(client.frames(sample("native").grant(), sample("native").frames()))
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    assert stat.S_IMODE((tmp_path / "catalogs").stat().st_mode) == 0o700


def test_a_folder_that_is_gone_is_unavailable_and_forgets_nothing(client: FolderPacs, folder: Path, tmp_path: Path):
    studies(client)
    folder.rename(tmp_path / "away")
    for call in (client.probe, lambda: studies(client)):
        with pytest.raises(PacsUnavailable):
            call()
    folder.mkdir()  # As an empty mount point is.
    with pytest.raises(PacsUnavailable):
        studies(client)
    folder.rmdir()
    (tmp_path / "away").rename(folder)
    assert len(studies(client)) == 1


def test_a_catalog_is_made_in_steps_when_time_is_short(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pacs_gateway.upstream.catalog._BATCH", 1)
    for number, name in enumerate(("palette", "overlay", "JPEG 2000")):
        shutil.copy(sample(name).path, folder / str(number))
    catalog = Catalog(folder, tmp_path / "catalogs")
    catalog.refresh(seconds=0)
    begun = len(catalog.studies())
    for _ in range(4):
        catalog.refresh(seconds=0.001)
    catalog.refresh()
    assert begun < len(catalog.studies()) == 4


def test_many_threads_may_ask_at_once(client: FolderPacs):
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(len(studies(client)))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(studies(client)) == 1


def test_one_image_in_two_files_counts_once(client: FolderPacs, folder: Path):
    shutil.copy(folder / "first", folder / "again")
    (record,) = studies(client)
    assert record.instance_count == 1
    assert len(CheckedPacs(client).metadata(sample("native").grant())) == 1


def _found(client: FolderPacs, one: Sample) -> bytes:
    return CheckedPacs(client).instance(one.grant(), one.ref)


def test_a_file_that_went_or_was_replaced_since_the_last_look(client: FolderPacs, folder: Path):
    one = sample("native")
    studies(client)
    (folder / "first").write_bytes(b"replaced")
    with pytest.raises(PacsIncomplete):
        _found(client, one)
    (folder / "first").unlink()
    with pytest.raises(PacsNotFound):
        _found(client, one)
