"""What PS3.18 8.3.5 lets a caller ask of a picture, and what it does not."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from pacs_gateway.dicomweb.problems import Problem
from viewer.params import from_text
from viewer.rendered.asked import parse, parse_thumbnail
from viewer.rendering import VoiFunction, Window


@pytest.mark.parametrize(
    "text",
    [
        "window=40,400",
        "window=40,400,LINEAR",
        "window=40,0,linear",
        "window=a,b,linear",
        "window=",
        "window=1e99,1,linear,x",
        "window=nan,1,linear",
        "viewport=10",
        "viewport=0,10",
        "viewport=10,99999",
        "viewport=10,10,1",
        "viewport=10,10,-1,0,5,5",
        "viewport=10,10,a,0,5,5",
        "quality=0",
        "quality=101",
        "quality=x",
        "annotation=name",
        "iccprofile=cmyk",
        "iccprofile=adobergb",
        "window=40,400,linear&window=1,2,linear",
        "viewport=10,10&viewport=20,20",
        "quality=5&quality=6",
    ],
)
def test_nonsense_is_400(text: str) -> None:
    with pytest.raises(Problem) as caught:
        parse(QueryDict(text), "image/jpeg")
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("name", "function"),
    [("linear", VoiFunction.LINEAR), ("linear-exact", VoiFunction.LINEAR_EXACT), ("sigmoid", VoiFunction.SIGMOID)],
)
def test_a_window(name: str, function: VoiFunction) -> None:
    assert parse(QueryDict(f"window=-4.5e1,400,{name}"), "image/png").window == Window(-45, 400, function)


def test_everything_comes_back_from_the_queue() -> None:
    text = "window=40,400,sigmoid&viewport=100,50,1,2,-3,4&quality=7&annotation=technique,patient&iccprofile=srgb"
    wanted = parse(QueryDict(text), "image/jpeg")
    assert wanted.view is not None
    assert (wanted.view.viewport, wanted.view.region) == ((100, 50), (1, 2, -3, 4))
    assert (wanted.quality, wanted.view.annotation, wanted.view.icc_profile) == (7, ("patient", "technique"), "srgb")
    assert from_text(wanted.text) == wanted


def test_a_thumbnail_has_no_source_region() -> None:
    with pytest.raises(Problem):
        parse_thumbnail(QueryDict("viewport=10,10,1,1,5,5"), "image/jpeg")
