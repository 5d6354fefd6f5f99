"""Headers that answer sooner: with what pydicom answers, for every attribute of every real file."""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import Dataset
from pydicom.datadict import keyword_for_tag
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag

from pacs_gateway.errors import PacsDamaged
from pacs_gateway.upstream.header import Header
from pacs_gateway.upstream.part10 import PARSE_ERRORS, read_part10
from tests.dicom_testdata import DICOM_TESTDATA


def _headers() -> Iterator[tuple[Path, Header, Dataset]]:
    """Yield each real header twice, read anew for the second: once as ours, once as pydicom's own."""
    for path in sorted(path for path in DICOM_TESTDATA.rglob("*") if path.is_file()):
        data = path.read_bytes()
        try:
            ours, theirs = (read_part10(io.BytesIO(data)).header for _ in range(2))
        except PacsDamaged:
            continue
        plain = Dataset(theirs._dict)
        plain.__dict__.update(theirs.__dict__)
        yield path, ours, plain


def _asked(data_set: Dataset, keyword: str) -> Any:
    """Return the value with its type, or the error that it raises."""
    try:
        value = data_set.get(keyword, "nothing")
    except (NotImplementedError, *PARSE_ERRORS) as error:
        return type(error)
    return type(value), str(value)


def test_every_attribute_of_every_file_is_what_pydicom_reads() -> None:
    count = 0
    for path, ours, theirs in _headers():
        assert type(ours) is Header, path
        present = [keyword for tag in theirs._dict if (keyword := keyword_for_tag(tag))]
        for keyword in (*present, "Rows", "WindowCenter", "OpticalPathSequence", "NumberOfFrames"):
            # Twice: the second time some are no longer as they were read.
            for _ in range(2):
                assert _asked(ours, keyword) == _asked(theirs, keyword), (path, keyword)
            assert (keyword in ours) == (keyword in theirs)
            count += 1
    assert count > 10_000


@given(
    kind=st.sampled_from(["CS", "DS", "FD", "FL", "IS", "LO", "OB", "SL", "SS", "UI", "UL", "US", "UN"]),
    data=st.binary(max_size=12)
    | st.sampled_from([b"1 ", b"1\\2", b" ", b"-0", b"1.2.3\x00", b"nan", b"1e400", b"\x00\x00"]),
    is_little=st.booleans(),
)
def test_whatever_is_in_it(kind: str, data: bytes, is_little: bool) -> None:
    tag = Tag("Rows")

    def data_set(of: type[Dataset]) -> Dataset:
        element = RawDataElement(tag, kind, len(data), data or None, 0, False, is_little)
        made = of({tag: element})
        made.set_original_encoding(False, is_little, "iso8859")
        return made

    ours, theirs = data_set(Header), data_set(Dataset)
    assert _asked(ours, "Rows") == _asked(theirs, "Rows")


def test_attributes_may_be_set_taken_away_and_told_by_name() -> None:
    header = Header.of(Dataset())
    header.Rows, header.PatientName = 5, "A"
    assert (header.Rows, header.get("Rows"), "Rows" in header, header.get("Columns", 7)) == (5, 5, True, 7)
    header.Rows = 6
    assert header.get("Rows") == 6
    del header.Rows
    assert "Rows" not in header
    with pytest.raises(AttributeError):
        _ = header.Rows
    assert header.get(Tag("PatientName")).value == "A"
    assert header.get("PatientName") == pickle.loads(pickle.dumps(header)).PatientName
    assert header[:].PatientName == "A"


def test_a_value_of_one_file_is_not_changed_by_another_s_reader() -> None:
    def spacing() -> Dataset:
        element = RawDataElement(Tag("PixelSpacing"), "DS", 4, b"1\\2 ", 0, False, True)
        return Header({Tag("PixelSpacing"): element})

    first, second = spacing(), spacing()
    first.PixelSpacing[0] = 9
    assert list(second.PixelSpacing) == [1, 2]
