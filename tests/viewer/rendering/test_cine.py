"""Moving pictures to keep: what is written on each, the AV1 samples of a scene, and the MP4 around them."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from PIL import Image

from viewer.rendering.av1 import PICTURES_MOST, encode_scene
from viewer.rendering.cine import encode_gif
from viewer.rendering.label import STRIP, WIDTH_LEAST, Label, canvas_of, labeled
from viewer.rendering.mp4 import write_mp4
from viewer.rendering.scene import Scene, read_scene

_CONTAINERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf")
_WORDS = Label("Not for diagnosis", ("R", "A", "L", "P"))


def png(level: int, size: tuple[int, int] = (300, 256)) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", size, level).save(buffer, "PNG")
    return buffer.getvalue()


def pictures(count: int, start: int = 0) -> list[Image.Image]:
    canvas = canvas_of([(300, 256)])
    return [labeled(png((start + place) * 10), _WORDS, canvas) for place in range(count)]


def boxes(data: bytes) -> dict[bytes, bytes]:
    """Return the boxes of a file by type, those inside others too."""
    found, place = {}, 0
    while place < len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        assert 8 <= length <= len(data) - place
        found[kind] = data[place + 8 : place + length]
        if kind in _CONTAINERS:
            found |= boxes(found[kind])
        place += length
    return found


def words_of(box: bytes, start: int = 4) -> tuple[int, ...]:
    return struct.unpack(f">{(len(box) - start) // 4}I", box[start:])


def test_the_words_are_below_the_picture_and_the_sides_over_its_edges() -> None:
    image = np.asarray(labeled(png(100), _WORDS, canvas_of([(300, 256)])))
    assert image.shape == (256 + STRIP, 300)
    assert image[256:].max() > 200
    assert (image[256:] > 200).mean() < 0.2
    picture = image[:256]
    for edge in (picture[100:156, :20], picture[:20, 130:170], picture[100:156, -20:], picture[-20:, 130:170]):
        assert edge.max() > 200
    assert (picture[30:220, 30:270] == 100).all()


def test_small_pictures_get_room_for_the_words() -> None:
    assert canvas_of([(64, 64), (63, 65)]) == (WIDTH_LEAST, 98)
    assert np.asarray(labeled(png(90, (64, 64)), Label(""), (240, 98)))[:66].max() == 90


def test_colors_stay_colors() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (300, 256), (200, 10, 10)).save(buffer, "PNG")
    image = labeled(buffer.getvalue(), Label("x"), canvas_of([(300, 256)]))
    assert image.getpixel((150, 100)) == (200, 10, 10)


def test_a_gif_has_every_picture_with_its_words() -> None:
    gif = Image.open(io.BytesIO(encode_gif(pictures(3), 1000 / 15)))
    assert (gif.n_frames, gif.size, gif.info["duration"]) == (3, (300, 256 + STRIP), 70)


def test_a_video_has_every_sample_with_its_time_and_each_scene_begins_with_a_key_frame() -> None:
    scenes = [read_scene(encode_scene(pictures(4))), read_scene(encode_scene(pictures(3, 4)))]
    data = write_mp4(scenes, 300, 288, 1000 / 15)
    found = boxes(data)
    assert found[b"ftyp"][:4] == b"isom"
    assert b"av01" in found[b"ftyp"]
    assert found[b"hdlr"][8:12] == b"vide"
    assert words_of(found[b"stts"]) == (1, 7, 6000)
    assert words_of(found[b"mvhd"])[2:4] == (90_000, 42_000)
    assert words_of(found[b"mdhd"][:20])[2:4] == (90_000, 42_000)
    assert words_of(found[b"stss"]) == (2, 1, 5)
    assert words_of(found[b"stsc"]) == (1, 1, 7, 1)
    samples = [sample for scene in scenes for sample in scene.samples]
    assert words_of(found[b"stsz"]) == (0, 7, *map(len, samples))
    (_count, start) = words_of(found[b"stco"])
    assert data[start : start + len(samples[0])] == samples[0]
    assert found[b"mdat"] == b"".join(samples)
    entry = found[b"stsd"][8:]
    assert entry[4:8] == b"av01"
    assert struct.unpack_from(">2H", entry, 8 + 24) == (300, 288)
    assert boxes(entry[8 + 78 :]).keys() == {b"av1C", b"colr"}


def test_the_samples_are_those_of_the_pictures() -> None:
    shown = pictures(5)
    avif = encode_scene(shown)
    again = Image.open(io.BytesIO(avif))
    for place, picture in enumerate(shown):
        again.seek(place)
        difference = np.asarray(again.convert("L")).astype(int) - np.asarray(picture)
        assert abs(difference).mean() < 2
    scene = read_scene(avif)
    assert len(scene.samples) == 5
    assert all(sample in avif for sample in scene.samples)


@pytest.mark.parametrize("count", [0, 1, PICTURES_MOST + 1])
def test_a_scene_is_2_to_16_pictures(count: int) -> None:
    with pytest.raises(ValueError, match="2 to 16"):
        encode_scene([Image.new("L", (16, 16))] * count)


def test_a_scene_has_one_size() -> None:
    with pytest.raises(ValueError, match="one size"):
        encode_scene([Image.new("L", (16, 16)), Image.new("L", (16, 18))])


def test_what_is_no_scene_is_refused() -> None:
    avif = encode_scene([Image.new("L", (16, 16))] * 2)
    for bad in (b"", b"no", avif[:200], avif[:-1], b"\0\0\0\4ftyp" + avif):
        with pytest.raises(ValueError, match="not a scene"):
            read_scene(bad)


def test_scenes_that_differ_are_not_put_together() -> None:
    for scenes in ([], [Scene(b"one", (b"x",)), Scene(b"other", (b"x",))]):
        with pytest.raises(ValueError, match="alike"):
            write_mp4(scenes, 16, 16, 40)
