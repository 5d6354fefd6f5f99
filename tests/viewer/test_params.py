"""Query strings: what is understood, and what is refused."""

from __future__ import annotations

import pytest
from django.core.exceptions import BadRequest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from viewer import params
from viewer.params import FrameParams
from viewer.rendering import VoiFunction, Window


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", FrameParams()),
        ("window=40,400", FrameParams(window=Window(40, 400))),
        ("window=-600.5,1500,sigmoid", FrameParams(window=Window(-600.5, 1500, VoiFunction.SIGMOID))),
        ("window=0.5,0.25,LINEAR_EXACT", FrameParams(window=Window(0.5, 0.25, VoiFunction.LINEAR_EXACT))),
        ("size=256&format=png", FrameParams(size=256, media_type="image/png")),
    ],
)
def test_what_is_understood(query: str, expected: FrameParams) -> None:
    assert params.parse(QueryDict(query)) == expected


@pytest.mark.parametrize(
    "query",
    [
        "window=abc",
        "window=40",
        "window=40,",
        "window=40,400,CUBIC",
        "window=40,0",
        "window=40,0.5",
        "window=40,-1",
        "window=nan,400",
        "window=40,inf",
        "window=1e3,400",
        "window=٤٠,400",
        "window=40,400,LINEAR,1",
        "window=99999999,1",
        "size=0",
        "size=-1",
        "size=99999999999999999999",
        "size=²",
        "size=12.5",
        "format=exe",
    ],
)
def test_nonsense_is_refused(query: str) -> None:
    with pytest.raises(BadRequest):
        params.parse(QueryDict(query))


@pytest.mark.parametrize("text", ["", "0", "7", "1,1", "1,", "a", "-1", ",".join(map(str, range(1, 18)))])
def test_runs_outside_the_series_are_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        params.parse_numbers(QueryDict(f"numbers={text}"), frame_count=6)


def test_a_run_keeps_its_order() -> None:
    assert params.parse_numbers(QueryDict("numbers=5,1,3"), frame_count=6) == [5, 1, 3]


_WINDOWS = st.builds(
    Window,
    st.floats(-9999999, 9999999, allow_nan=False),
    st.floats(1, 9999999, allow_nan=False),
    st.sampled_from(VoiFunction),
)


@given(
    st.builds(
        FrameParams,
        st.none() | _WINDOWS,
        st.none() | st.integers(16, 4096),
        st.sampled_from(["image/jpeg", "image/png"]),
        st.integers(1, 100),
    )
)
def test_parameters_cross_the_queue_exactly(wanted: FrameParams) -> None:
    assert params.from_text(wanted.text) == wanted


def test_small_pictures_are_coarser_and_go_faster() -> None:
    small, large = (params.parse(QueryDict(f"size={size}")) for size in (params.SMALL_SIZE, params.SMALL_SIZE + 1))
    assert (small.quality, large.quality) == (params.SMALL_QUALITY, params.QUALITY)
    assert params.sized(params.FrameParams(), params.SMALL_SIZE) == small


def test_a_run_is_as_long_as_a_browser_asks_for() -> None:
    longest = ",".join(map(str, range(1, 33)))
    assert len(params.parse_numbers(QueryDict(f"numbers={longest}"), frame_count=40)) == params.RUN_MOST
    with pytest.raises(BadRequest):
        params.parse_numbers(QueryDict(f"numbers={longest},33"), frame_count=40)
