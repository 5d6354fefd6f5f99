"""The quick reader of headers finds what pydicom finds, or leaves them to it."""

from __future__ import annotations

import io
from typing import Any

import pydicom
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydicom import Dataset
from pydicom.dataelem import RawDataElement
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from pacs_gateway.errors import PacsIncomplete
from pacs_gateway.upstream import part10
from pacs_gateway.upstream.part10 import LAST_TAG, PARSE_ERRORS, CheckedReader, Part10, read_part10
from tests.dicom_testdata import dicom_file
from tests.synthetic import ct_slice


def _quickly(data: bytes) -> Part10 | None:
    return part10._read_plain(CheckedReader(io.BytesIO(data)))


def _by_pydicom(data: bytes) -> Part10 | None:
    try:
        return part10._read(CheckedReader(io.BytesIO(data)), None, LAST_TAG)
    except PARSE_ERRORS:
        return None


def _facts(file: Part10) -> list[Any]:
    """Return all that was read, as it was read: what is wrong with a value is seen when somebody looks at it."""
    header, meta = file.header, file.header.file_meta
    assert meta.TransferSyntaxUID
    elements = [_element(header, tag) for tag in sorted(header.keys())]
    places = (file.body.tell(), file.pixel_tag, file.pixel_length, file.header_start, file.header_end)
    encoding = (header.original_encoding, header.original_character_set, file.transfer_syntax_uid)
    return [elements, [meta.get_item(tag) for tag in sorted(meta.keys())], places, encoding, file.encoded_header()]


def _element(header: Dataset, tag: BaseTag) -> Any:
    found = header.get_item(tag)
    if isinstance(found, RawDataElement) or found.VR != "SQ":
        return found
    return [tag, found.file_tell, [[_element(item, one) for one in sorted(item.keys())] for item in found.value]]


def _written(**values: Any) -> bytes:
    file, syntax = ct_slice("P-1", 5, 2, 3, size=8), values.pop("syntax", ExplicitVRLittleEndian)
    file.file_meta.TransferSyntaxUID = syntax
    for name, value in values.items():
        setattr(file, name, value)
    for name, value in values.items():
        if isinstance(value, list) and isinstance(value[0], Dataset):
            file[name].is_undefined_length = value[0].is_undefined_length_sequence_item = True
    written = io.BytesIO()
    is_implicit = syntax == ImplicitVRLittleEndian
    pydicom.dcmwrite(written, file, implicit_vr=is_implicit, little_endian=True, enforce_file_format=True)
    return written.getvalue()


def _item() -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodeMeaning = "1", "Käse"
    return item


_NESTED = {"SpecificCharacterSet": "ISO_IR 192", "ProcedureCodeSequence": [_item()]}


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
@pytest.mark.parametrize("values", [{}, _NESTED, {"PatientID": "", "ProcedureCodeSequence": Sequence()}])
def test_a_plain_header_is_read_as_pydicom_reads_it(syntax: str, values: dict[str, Any]) -> None:
    data = _written(syntax=syntax, **values)
    quick, slow = _quickly(data), _by_pydicom(data)
    assert quick is not None
    assert slow is not None
    assert _facts(quick) == _facts(slow)
    assert quick.header == slow.header


def test_a_sequence_is_read_in_the_character_set_of_the_header() -> None:
    quick = _quickly(_written(**_NESTED))
    assert quick is not None
    assert quick.header.ProcedureCodeSequence[0].CodeMeaning == "Käse"


def test_every_file_of_the_set_is_read_as_pydicom_reads_it() -> None:
    read = 0
    for path in sorted(dicom_file("README.md").parent.rglob("*.dcm")):
        data = path.read_bytes()
        quick = _quickly(data)
        if quick is not None:
            slow = _by_pydicom(data)
            assert slow is not None, path.name
            assert _facts(quick) == _facts(slow), path.name
            read += 1
    assert read > 100


@settings(max_examples=500)
@given(st.sampled_from([_written(), _written(syntax=ImplicitVRLittleEndian), _written(**_NESTED)]), st.data())
def test_a_damaged_file_is_read_as_pydicom_reads_it_or_not_at_all(data: bytes, draw: st.DataObject) -> None:
    place = draw.draw(st.integers(128, len(data) - 128), label="place")
    put = draw.draw(st.binary(max_size=6), label="put")
    cut = draw.draw(st.integers(0, 6), label="cut")
    damaged = data[:place] + put + data[place + cut :]
    quick = _quickly(damaged)
    if quick is not None:
        slow = _by_pydicom(damaged)
        assert slow is not None
        assert _facts(quick) == _facts(slow)


@settings(max_examples=200)
@given(st.integers(0, 2000))
@example(132)
def test_a_file_that_is_cut_off_is_not_taken_for_whole(kept: int) -> None:
    data = _written(**_NESTED)[:kept]
    quick, slow = _quickly(data), _by_pydicom(data)
    assert quick is None or (slow is not None and _facts(quick) == _facts(slow))


def test_a_header_longer_than_what_is_looked_at_is_read_all_the_same() -> None:
    data = _written(ImageComments="x" * 10_000, ProcedureCodeSequence=[_item() for _ in range(5_000)])
    assert _quickly(data) is None
    assert len(read_part10(io.BytesIO(data)).header.ProcedureCodeSequence) == 5_000
    with pytest.raises(PacsIncomplete):
        read_part10(io.BytesIO(data[: len(data) // 2]))
