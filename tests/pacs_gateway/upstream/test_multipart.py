"""The multipart reader finds the same parts however the bytes arrive, and nothing in what is not whole."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacs_gateway.errors import PacsError, PacsIncomplete, PacsUnavailable
from pacs_gateway.upstream.connection import Cut
from pacs_gateway.upstream.multipart import MediaType, media_type, read_parts
from tests.fakes.faulty_pacs import BOUNDARY, multipart, multipart_type


def parts_of(body: bytes, step: int = 7, content_type: str = "") -> list[bytes]:
    stream = io.BytesIO(body)
    found = read_parts(lambda most: stream.read(min(step, most)), content_type or multipart_type())
    return [b"".join(part.body) for part in found]


@given(st.lists(st.binary(max_size=200), max_size=4), st.integers(1, 300))
def test_parts_come_out_as_they_went_in(parts: list[bytes], step: int):
    assert parts_of(multipart(parts), step) == parts


@given(st.lists(st.binary(max_size=200), max_size=4), st.integers(1, 300))
def test_parts_that_say_their_length_do_so_too(parts: list[bytes], step: int):
    said = [f"Content-Length: {len(part)}\r\n\r\n".encode() + part for part in parts]
    body = b"".join(f"\r\n--{BOUNDARY}\r\n".encode() + part for part in said)
    assert parts_of(body + f"\r\n--{BOUNDARY}--\r\n".encode(), step) == parts


def test_parts_with_headers_as_long_as_before_come_in_one_piece():
    """Bytes of a part that came with its headers would be copied twice."""
    parts = [bytes([number]) * 300_000 for number in (1, 2, 3)]
    said = [f"\r\n--{BOUNDARY}\r\nContent-Length: {len(part)}\r\n\r\n".encode() + part for part in parts]
    stream = io.BytesIO(b"".join(said) + f"\r\n--{BOUNDARY}--\r\n".encode())
    found = [list(part.body) for part in read_parts(stream.read, multipart_type())]
    assert [b"".join(steps) for steps in found] == parts
    assert [len(steps) for steps in found[1:]] == [1, 1]


@given(st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=3), st.data())
def test_cut_anywhere_it_is_not_whole(parts: list[bytes], data: st.DataObject):
    whole = multipart(parts)
    keep = data.draw(st.integers(0, len(whole) - 4))
    with pytest.raises(Cut):
        parts_of(whole[:keep])


def test_parts_that_are_not_used_up_are_skipped():
    stream = io.BytesIO(multipart([b"a" * 100, b"b"]))
    found = read_parts(lambda _most: stream.read(9), multipart_type())
    next(found)
    assert b"".join(next(found).body) == b"b"


@pytest.mark.parametrize("said", ["3", "99"])
def test_a_length_that_is_not_true(said: str):
    body = f"--{BOUNDARY}\r\nContent-Length: {said}\r\n\r\nfive!\r\n--{BOUNDARY}--".encode()
    with pytest.raises(PacsIncomplete):
        parts_of(body)


def test_headers_without_an_end():
    with pytest.raises(PacsIncomplete):
        parts_of(f"--{BOUNDARY}\r\n".encode() + b"X: y\r\n" * 100_000, 4096)


@pytest.mark.parametrize("content_type", ["multipart/related", "multipart/related; boundary=" + "x" * 300])
def test_without_a_boundary_there_are_no_parts(content_type: str):
    with pytest.raises(PacsUnavailable):
        parts_of(b"", content_type=content_type)


def test_only_a_preamble():
    with pytest.raises(PacsError):
        parts_of(b"hello" * 1000)


def test_the_transfer_syntax_is_read_where_the_standard_and_where_orthanc_puts_it():
    assert media_type("image/jp2; transfer-syntax=1.2.3") == MediaType("image/jp2", "", "1.2.3")
    quoted = media_type('multipart/related; type="image/jp2; transfer-syntax=1.2.3"; boundary=b')
    assert quoted == MediaType("image/jp2", "b", "1.2.3")
    assert media_type("", quoted) == MediaType("image/jp2", "", "1.2.3")
    assert media_type("image/jpeg", quoted).name == "image/jpeg"


@pytest.mark.parametrize(
    "text",
    [
        'Multipart/Related ; Type = "application/dicom" ; Boundary = "a b;c=\\"d\\""; x',
        'multipart/related;type="application/dicom";boundary="a b;c=\\"d\\"";boundary=other',
        'multipart/related; x="boundary=no; \\\\"; boundary="a b;c=\\"d\\""; type=application/dicom',
    ],
)
def test_parameters_are_read_in_whatever_way_they_are_written(text: str):
    assert media_type(text) == MediaType("application/dicom", 'a b;c="d"')


@given(st.text(max_size=80))
def test_no_content_type_is_too_odd(text: str):
    assert isinstance(media_type(f"multipart/related; {text}"), MediaType)
