"""The quick reader of identities says what pydicom says, or nothing."""

from __future__ import annotations

import io

import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import FileDataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from pacs_gateway.errors import PacsIncomplete
from pacs_gateway.upstream.checked import _IDENTITY_TAGS, _LAST
from pacs_gateway.upstream.identity import HEAD, Identity, identity_by_pydicom, read_identity
from pacs_gateway.upstream.part10 import read_part10
from tests.dicom_testdata import dicom_file
from tests.synthetic import ct_slice


def _bytes_of(file: FileDataset) -> bytes:
    written = io.BytesIO()
    is_implicit = file.file_meta.TransferSyntaxUID == ImplicitVRLittleEndian
    pydicom.dcmwrite(written, file, implicit_vr=is_implicit, little_endian=True, enforce_file_format=True)
    return written.getvalue()


def _by_pydicom(data: bytes) -> Identity | None:
    try:
        header = read_part10(io.BytesIO(data), _IDENTITY_TAGS, _LAST).header
        return identity_by_pydicom(header, str(header.file_meta.get("TransferSyntaxUID", "")))
    except PacsIncomplete:
        return None


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_a_plain_file_is_read(syntax: str) -> None:
    file = ct_slice("P-1", 5, 2, 3, issuer="CLINIC")
    file.file_meta.TransferSyntaxUID = syntax
    data = _bytes_of(file)
    found = read_identity(data[:HEAD])
    assert found is not None
    assert found == _by_pydicom(data)
    assert (found.patient_id, found.issuer, found.transfer_syntax_uid) == ("P-1", "CLINIC", syntax)


def _changed(**values: object) -> bytes:
    file = ct_slice("P-1", 5, 2, 3)
    for name, value in values.items():
        setattr(file, name, value)
    return _bytes_of(file)


def _big_endian() -> bytes:
    file = ct_slice("P-1", 5, 2, 3)
    file.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    written = io.BytesIO()
    pydicom.dcmwrite(written, file, implicit_vr=False, little_endian=False)
    return written.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 200,
        _changed()[:300],
        _changed(PatientID="A\\B"),
        _changed(SpecificCharacterSet="ISO_IR 13"),
        _changed(SpecificCharacterSet="ISO_IR 192", PatientID="Jürgen"),
        _changed(SeriesInstanceUID=""),
        _big_endian(),
    ],
)
def test_what_is_not_plain_is_left_to_pydicom(data: bytes) -> None:
    assert read_identity(data[:HEAD]) is None


def test_every_file_of_the_set_is_read_as_pydicom_reads_it() -> None:
    read = 0
    for path in sorted(dicom_file("README.md").parent.rglob("*.dcm")):
        data = path.read_bytes()
        found = read_identity(data[:HEAD])
        if found is not None:
            assert found == _by_pydicom(data), path.name
            read += 1
    assert read > 100


def test_a_value_representation_that_nobody_knows_is_left_to_pydicom() -> None:
    data = _changed(IssuerOfPatientID="CLINIC")
    for tag in (b"\x08\x00\x18\x00", b"\x10\x00\x20\x00", b"\x20\x00\x0d\x00", b"\x08\x00\x60\x00"):
        place = data.index(tag) + 4
        for put in (b"UA", b"UN", b"ZZ", b"ui", b"\0\0"):
            damaged = data[:place] + put + data[place + 2 :]
            assert read_identity(damaged[:HEAD]) is None, (tag, put)


@settings(max_examples=300)
@given(st.integers(132, 700), st.binary(min_size=1, max_size=6))
def test_a_damaged_file_is_read_as_pydicom_reads_it_or_not_at_all(place: int, put: bytes) -> None:
    data = _changed(IssuerOfPatientID="CLINIC")
    damaged = data[:place] + put + data[place + len(put) :]
    found = read_identity(damaged[:HEAD])
    assert found is None or found == _by_pydicom(damaged)
