"""Instances that are copies of a sample but for their names, and a PACS that answers as it is told."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pydicom
from pydicom.uid import generate_uid

from pacs_gateway.refs import InstanceRef
from pacs_gateway.upstream.checked import CheckedPacs
from pacs_gateway.upstream.config import PacsConfig
from pacs_gateway.upstream.dicomweb import DicomwebPacs
from tests.fakes.faulty_pacs import Answer, FaultyPacs
from tests.pacs_gateway.upstream.selection import Sample

COPIES = 3


def copies(one: Sample, count: int, **changes: object) -> Iterator[tuple[InstanceRef, bytes]]:
    """Yield instances of one series, by name, that differ from a sample in their UID and in `changes`."""
    for _ in range(count):
        data_set = pydicom.dcmread(one.path)
        data_set.SOPInstanceUID = generate_uid()
        for keyword, value in changes.items():
            setattr(data_set, keyword, value)
        file = io.BytesIO()
        data_set.save_as(file)
        yield InstanceRef(data_set.SeriesInstanceUID, data_set.SOPInstanceUID), file.getvalue()


@contextmanager
def served(answer: Answer) -> Iterator[tuple[CheckedPacs, FaultyPacs]]:
    """Yield a PACS that answers as told, checked, and its server."""
    with FaultyPacs(answer) as server:
        yield CheckedPacs(DicomwebPacs(PacsConfig("main", "http", server.url))), server
