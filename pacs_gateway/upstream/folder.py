"""A folder of DICOM files as a PACS (`file:///path`)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.errors import PacsIncomplete, PacsNotFound, PacsUnavailable
from pacs_gateway.refs import FrameRef, InstanceRef
from pacs_gateway.upstream.base import DicomJson, EncodedFrame, StudyQuery, StudyRecord
from pacs_gateway.upstream.catalog import Catalog, Counts, Progress
from pacs_gateway.upstream.part10 import read_part10
from pacs_gateway.upstream.pixeldata import cut_out
from pacs_gateway.upstream.records import answers, check_query
from pacs_gateway.upstream.sanitize import Sanitizer, json_of_file

INSTANCE_MOST = 4 * 1024**3
REFRESH_SECONDS = 3.0


class FolderPacs:
    """Answers from the catalog of a folder, and reads each file where it lies; never writes into the folder."""

    def __init__(self, name: str, root: Path, database_folder: Path) -> None:
        self.name = name
        self.catalog = Catalog(root, database_folder)

    def prepare(self, progress: Progress) -> Counts:
        """Read whatever is new in the folder, however long that takes; return what it holds."""
        self.catalog.refresh(progress)
        return self.catalog.counts()

    def probe(self) -> None:
        try:
            next(self.catalog.root.iterdir(), None)
        except OSError as error:
            raise PacsUnavailable("the folder cannot be read") from error

    def search_studies(self, query: StudyQuery) -> list[StudyRecord]:
        check_query(query)
        self.catalog.refresh(seconds=REFRESH_SECONDS)
        return answers(self.catalog.studies(query.study_uid, query.patient_id), query)

    def metadata(self, grant: StudyGrant) -> list[DicomJson]:
        paths = self.catalog.paths(grant.study.study_uid)
        if not paths:
            raise PacsNotFound("no such study")
        sanitizer = Sanitizer()
        return [sanitizer.item(_json_of_file(path)) for path in paths]

    def frames(self, grant: StudyGrant, refs: list[FrameRef]) -> Iterator[EncodedFrame]:
        paths = self.catalog.located(grant.study.study_uid, {ref.instance for ref in refs})
        for instance, wanted in groupby(refs, key=lambda ref: ref.instance):
            with _opened(_path(paths, instance)) as file:
                yield from cut_out(read_part10(file), wanted)

    def series(self, grant: StudyGrant, series_uid: str, seconds: float) -> Iterator[EncodedFrame]:
        # Nothing is gained: no file is far away.
        return iter(())

    def open_all(self, grant: StudyGrant, refs: list[InstanceRef]) -> Iterator[BinaryIO]:
        paths = self.catalog.located(grant.study.study_uid, refs)
        return (_open(_path(paths, ref)) for ref in refs)

    def open(self, grant: StudyGrant, ref: InstanceRef) -> BinaryIO:
        return next(self.open_all(grant, [ref]))


def _path(paths: dict[InstanceRef, Path], ref: InstanceRef) -> Path:
    if ref not in paths:
        raise PacsNotFound("no such instance")
    return paths[ref]


def _open(path: Path) -> BinaryIO:
    with _read_errors():
        file = path.open("rb")
        if os.fstat(file.fileno()).st_size > INSTANCE_MOST:
            file.close()
            raise PacsIncomplete("an instance is too large to hand on")
    return file


@contextmanager
def _read_errors() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise PacsNotFound("the file is gone") from error
    except OSError as error:
        raise PacsUnavailable("a file cannot be read") from error


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    with _read_errors(), path.open("rb") as file:
        yield file


def _json_of_file(path: Path) -> DicomJson:
    with _opened(path) as file:
        return json_of_file(read_part10(file))
