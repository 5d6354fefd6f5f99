"""Presentation states, segmentations and key objects made to hurt: drawn, refused with a reason, or left out."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset, config
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag

from pacs_gateway.errors import PacsIncomplete
from pacs_gateway.upstream.sanitize import Sanitizer, json_of
from tests.hostile import HITS, IMAGE, PIXELS, SEGMENTED, SELECTED, STATE, hurt, masks_of
from viewer import metadata
from viewer.rendering import CannotRender, DecodedFrame, RenderedFrame, RenderOptions, render_decoded


@pytest.fixture(autouse=True)
def _no_warnings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config.settings, "reading_validation_mode", config.IGNORE)
    monkeypatch.setattr(config.settings, "writing_validation_mode", config.IGNORE)


def test_what_is_hurt_below_is_sound() -> None:
    shown = render_decoded(IMAGE, DecodedFrame(PIXELS, "MONOCHROME2"), 1, RenderOptions(state=STATE))
    assert (shown.width, shown.height) == (512, 512)
    assert len(masks_of(SEGMENTED)) == 1
    (entry,) = metadata.build("key", [json_of(one, "1.2") for one in (IMAGE, STATE, SEGMENTED, SELECTED)]).images
    assert (len(entry.states), len(entry.segmentations), entry.key_frames) == (1, 1, (1,))


@settings(max_examples=200, derandomize=True, database=None)
@given(HITS)
def test_states_that_hold_anything(hits: list[tuple[int, Any]]) -> None:
    with contextlib.suppress(CannotRender):
        options = RenderOptions(state=hurt(STATE, hits), size=64, others=())
        assert isinstance(render_decoded(IMAGE, DecodedFrame(PIXELS, "MONOCHROME2"), 1, options), RenderedFrame)


@settings(max_examples=200, derandomize=True, database=None)
@given(HITS)
def test_segmentations_that_hold_anything(hits: list[tuple[int, Any]]) -> None:
    with contextlib.suppress(CannotRender):
        for mask in masks_of(hurt(SEGMENTED, hits)):
            assert mask.share.shape == (16, 16)


@settings(max_examples=200, derandomize=True, database=None)
@given(HITS, st.sampled_from([STATE, SEGMENTED, SELECTED]))
def test_metadata_that_holds_anything_leaves_the_pictures(hits: list[tuple[int, Any]], sound: Dataset) -> None:
    image = json_of(IMAGE, "1.2.840.10008.1.2.1")
    with contextlib.suppress(PacsIncomplete):
        told = Sanitizer().item(json_of(hurt(sound, hits), "1.2.840.10008.1.2.1"))
        assert len(metadata.build("key", [image, told]).images) >= 1


@pytest.mark.parametrize("length", [108, 120, 160])
def test_a_segmentation_that_is_only_read_when_it_is_used_is_refused_like_any_other(length: int) -> None:
    cut = RawDataElement(
        Tag("SegmentSequence"), "SQ", length, b"\xfe\xff\x00\xe0\xff\xff\xff\xff\x62\x00", 0, False, True
    )
    header = Dataset({**dict(SEGMENTED.items()), Tag("SegmentSequence"): cut})
    with pytest.raises(CannotRender):
        masks_of(header)
