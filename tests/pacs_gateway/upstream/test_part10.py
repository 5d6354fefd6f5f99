"""Files that are cut, swollen or nested to do harm are refused, in bounded time and memory."""

from __future__ import annotations

import errno
import io
import resource
import struct
import zlib

import pydicom
import pytest
from pydicom.encaps import encapsulate, encapsulate_extended
from pydicom.uid import JPEG2000Lossless, RLELossless

from pacs_gateway.errors import PacsDamaged, PacsIncomplete, PacsNotFound
from pacs_gateway.upstream import checkedreader
from pacs_gateway.upstream.checkedreader import UNDEFINED_LENGTH
from pacs_gateway.upstream.part10 import read_part10
from pacs_gateway.upstream.pixeldata import cut_bits, is_encapsulated, is_video, read_frame
from tests.dicom_testdata import dicom_file
from tests.pacs_gateway.upstream.selection import sample


def bytes_of(data_set: pydicom.Dataset, **changes: object) -> bytes:
    for keyword, value in changes.items():
        setattr(data_set, keyword, value)
    file = io.BytesIO()
    data_set.save_as(file, enforce_file_format=True)
    return file.getvalue()


def multi_frame(pixel_data: bytes, count: int, syntax: str = JPEG2000Lossless, **changes: object) -> bytes:
    data_set = pydicom.dcmread(sample("native").path)
    data_set.file_meta.TransferSyntaxUID = syntax
    data_set["PixelData"].is_undefined_length = True
    del data_set["DataSetTrailingPadding"]
    return bytes_of(data_set, PixelData=pixel_data, NumberOfFrames=count, **changes)


def frame(data: bytes, number: int = 1) -> bytes:
    return read_frame(read_part10(io.BytesIO(data)), number)


FRAMES = [b"\xff\x4f" + bytes([65 + number]) * 40 + b"\xff\xd9" for number in range(3)]


def fragments(*parts: bytes, table: bytes = b"") -> bytes:
    items = [struct.pack("<HHI", 0xFFFE, 0xE000, len(part)) + part for part in (table, *parts)]
    # pydicom writes the delimiter itself.
    return b"".join(items)


@pytest.mark.parametrize("name", ["native", "JPEG 2000", "native multi-frame", "RLE multi-frame"])
@pytest.mark.parametrize("keep", [0.001, 0.05, 0.2, 0.6, 0.95])
def test_a_file_cut_anywhere_is_incomplete(name: str, keep: float):
    one = sample(name)
    data = one.path.read_bytes()
    # Cut between two elements of the header, it cannot be told from an instance without pixels.
    with pytest.raises((PacsIncomplete, PacsNotFound)):
        frame(data[: int(len(data) * keep)], one.frame_count)


class _Disk(io.BytesIO):
    fails = False

    def read(self, size: int | None = -1, /) -> bytes:
        if self.fails:
            raise OSError(errno.EIO, "the disk fails")
        return super().read(size)


@pytest.mark.parametrize("name", ["native", "JPEG 2000"])
def test_a_disk_that_fails_says_nothing_of_the_file(name: str):
    disk = _Disk(sample(name).path.read_bytes())
    part10 = read_part10(disk)
    disk.fails = True
    with pytest.raises(OSError, match="the disk fails"):
        read_frame(part10, 1)
    with pytest.raises(OSError, match="the disk fails"):
        read_part10(disk)


def test_what_is_no_dicom_file_is_refused():
    for data in (b"", b"x" * 1000, bytes(128) + b"DICM"):
        with pytest.raises(PacsIncomplete):
            read_part10(io.BytesIO(data))


def test_an_element_that_claims_four_gigabytes_is_refused_without_reading_them():
    data = sample("native").path.read_bytes()
    tag = struct.pack("<HH", 0x0010, 0x0010)
    place = data.index(tag + b"PN")
    swollen = data[:place] + tag + b"UT\0\0" + struct.pack("<I", 0xFFFFFFFE) + data[place + 8 :]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(PacsIncomplete):
        read_part10(io.BytesIO(swollen))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


def deflated(payload: bytes) -> bytes:
    data = sample("deflated").path.read_bytes()
    length = struct.unpack("<I", data[140:144])[0]
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return data[: 144 + length] + packer.compress(payload) + packer.flush()


def test_a_deflated_file_that_swells_is_refused():
    bomb = deflated(bytes(300 * 1024 * 1024))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(PacsIncomplete, match="bounds"):
        read_part10(io.BytesIO(bomb))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 * 1024


def test_a_deflated_file_cut_off_or_damaged_is_refused():
    data = sample("deflated").path.read_bytes()
    for bad in (data[:-500], data[:-500] + bytes(500)):
        with pytest.raises(PacsIncomplete):
            frame(bad)


def test_sequences_nested_without_end_are_refused():
    data = sample("native").path.read_bytes()
    place = data.index(struct.pack("<HH", 0x0010, 0x0010) + b"PN")
    opening = struct.pack("<HH2sHI", 0x0008, 0x1140, b"SQ", 0, UNDEFINED_LENGTH)
    item = struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED_LENGTH)
    with pytest.raises(PacsIncomplete):
        read_part10(io.BytesIO(data[:place] + (opening + item) * 5_000))


def test_more_elements_than_a_header_needs_are_refused(monkeypatch):
    data = sample("native").path.read_bytes()
    place = data.index(struct.pack("<HH", 0x0010, 0x0010) + b"PN")
    opening = struct.pack("<HH2sHI", 0x0008, 0x1140, b"SQ", 0, UNDEFINED_LENGTH)
    item = struct.pack("<HHI", 0xFFFE, 0xE000, 8) + struct.pack("<HH2sH", 0x0008, 0x0100, b"SH", 0)
    many = data[:place] + opening + item * 5_000 + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0) + data[place:]
    assert len(read_part10(io.BytesIO(many)).header[0x00081140].value) == 5_000
    monkeypatch.setattr(checkedreader, "READS_MOST", 5_000)
    with pytest.raises(PacsIncomplete):
        read_part10(io.BytesIO(many))


def test_a_sequence_that_ends_in_the_middle_is_refused():
    data = sample("native").path.read_bytes()
    place = data.index(struct.pack("<HH", 0x0010, 0x0010) + b"PN")
    opening = struct.pack("<HH2sHI", 0x0008, 0x1140, b"SQ", 0, UNDEFINED_LENGTH)
    for rest in (b"", b"\xfe\xff", struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED_LENGTH) + b"\x08"):
        with pytest.raises(PacsIncomplete):
            read_part10(io.BytesIO(data[:place] + opening + rest))


def test_frames_are_found_by_the_basic_offset_table():
    data = multi_frame(encapsulate(FRAMES, fragments_per_frame=2), 3)
    assert [frame(data, number) for number in (1, 2, 3)] == FRAMES


def test_frames_are_found_by_the_extended_offset_table():
    pixels, offsets, lengths = encapsulate_extended(FRAMES)
    data = multi_frame(pixels, 3, ExtendedOffsetTable=offsets, ExtendedOffsetTableLengths=lengths)
    assert [frame(data, number) for number in (1, 2, 3)] == FRAMES


def test_frames_are_found_without_a_table():
    data = multi_frame(encapsulate(FRAMES, has_bot=False), 3)
    assert [frame(data, number) for number in (1, 2, 3)] == FRAMES


def test_frames_in_several_fragments_without_a_table_are_told_apart_by_their_ends():
    parts = [half for one in FRAMES for half in (one[:20], one[20:])]
    data = multi_frame(fragments(*parts), 3)
    assert [frame(data, number) for number in (1, 2, 3)] == FRAMES


def test_a_table_that_points_nowhere_is_not_believed():
    wrong = struct.pack("<3I", 0, 7, 11)
    data = multi_frame(fragments(*FRAMES, table=wrong), 3)
    assert [frame(data, number) for number in (1, 2, 3)] == FRAMES


def test_one_frame_in_many_fragments_is_joined():
    whole = b"".join(FRAMES)
    data = multi_frame(fragments(whole[:30], whole[30:60], whole[60:]), 1)
    assert frame(data) == whole


@pytest.mark.parametrize("table", [b"", struct.pack("<3I", 0, 52, 104)])
def test_padding_that_an_odd_length_does_not_count_is_stepped_over(table: bytes):
    odd = [one[:-3] + b"\xff\xd9" for one in FRAMES]
    data = multi_frame(b"".join([fragments(table=table), *(fragments(one)[8:] + b"\0" for one in odd)]), 3)
    assert [len(one) % 2 for one in odd] == [1, 1, 1]
    assert [frame(data, number) for number in (1, 2, 3)] == odd
    whole = b"".join(odd[:2])
    data = multi_frame(fragments() + b"".join(fragments(one)[8:] + b"\0" for one in odd[:2]), 1)
    assert frame(data) == whole


def test_a_file_with_an_odd_fragment_is_read_as_it_came_and_as_pydicom_writes_it_again():
    path = dicom_file("pydicom__pylibjpeg-data/ljdata/ds/JPEG2000Lossless/NM_Kakadu44_SOTmarkerincons.dcm")
    as_it_came = frame(path.read_bytes())
    assert (len(as_it_came) % 2, as_it_came[-2:]) == (1, b"\xff\xd9")
    assert frame(bytes_of(pydicom.dcmread(path))) == as_it_came


def test_bytes_between_fragments_that_are_no_padding_are_not_stepped_over():
    data = multi_frame(fragments() + b"".join(fragments(one)[8:] + b"\0" for one in FRAMES), 3)
    with pytest.raises(PacsIncomplete):
        frame(data, 1)


def test_fewer_fragments_than_frames_are_incomplete():
    data = multi_frame(fragments(b"\0" * 20, b"\0" * 20), 3, RLELossless)
    with pytest.raises(PacsIncomplete):
        frame(data, 1)


def test_a_missing_delimiter_is_forgiven_only_when_every_frame_is_there():
    data = multi_frame(encapsulate(FRAMES, has_bot=False), 3)[:-8]
    assert frame(data, 3) == FRAMES[2]
    data = multi_frame(fragments(FRAMES[0][:20], FRAMES[0][20:]), 1)[:-8]
    with pytest.raises(PacsIncomplete):
        frame(data, 1)


@pytest.mark.parametrize("count", [-1, 10**9])
def test_a_number_of_frames_that_makes_no_sense(count: int):
    data_set = pydicom.dcmread(sample("native").path)
    with pytest.raises(PacsIncomplete):
        frame(bytes_of(data_set, NumberOfFrames=count), 2)


def test_more_frames_than_pixels():
    data_set = pydicom.dcmread(sample("native").path)
    data = bytes_of(data_set, NumberOfFrames=2)
    with pytest.raises(PacsIncomplete):
        frame(data, 2)
    with pytest.raises(PacsNotFound):
        frame(data, 3)


def test_bits_are_cut_low_bit_first():
    assert cut_bits(bytes([0b10110100, 0b00000001]), 2, 7) == bytes([0b01101101])


def test_a_frame_of_a_long_object_is_read_without_the_others(tmp_path):
    data_set = pydicom.dcmread(sample("native").path)
    length = data_set.Rows * data_set.Columns * 2
    path = tmp_path / "long.dcm"
    path.write_bytes(bytes_of(data_set, NumberOfFrames=4000, PixelData=bytes(length) * 3999 + b"\1" * length))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with path.open("rb") as file:
        assert read_frame(read_part10(file), 4000) == b"\1" * length
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8 * 1024


def test_videos_have_no_single_frames():
    assert is_video("1.2.840.10008.1.2.4.102")
    assert is_video("1.2.840.10008.1.2.4.103.1")
    assert not is_video("1.2.840.10008.1.2.4.91")
    assert not is_encapsulated("1.2.840.10008.1.2.1")
    assert is_encapsulated("1.2.3.4")
    assert frame(multi_frame(encapsulate([b"\0" * 40]), 30, "1.2.840.10008.1.2.4.102"), 7) == b""


def test_a_number_of_half_its_bytes_is_damage():
    data = sample("native").path.read_bytes()
    place = data.index(b"\x28\x00\x10\x00US\x02\x00")
    with pytest.raises(PacsDamaged):
        frame(data[:place] + b"\x28\x00\x10\x00US\x01\x00\x40" + data[place + 10 :])
