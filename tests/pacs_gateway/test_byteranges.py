"""Range fields as RFC 9110 14 reads them."""

from __future__ import annotations

import pytest

from pacs_gateway.byteranges import Unsatisfiable, is_fresh, wanted


@pytest.mark.parametrize(
    ("field", "part"),
    [
        ("", None),
        ("bytes=0-", (0, 100)),
        ("bytes=0-0", (0, 1)),
        ("Bytes = 5-9", (5, 10)),
        ("bytes=90-1000", (90, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-1000", (0, 100)),
        ("bytes=9-5", None),
        ("bytes=-", None),
        ("bytes=0-1,5-6", None),
        ("seconds=0-1", None),
        ("bytes=a-b", None),
        ("bytes=٣-", None),
        ("bytes=" + "9" * 30 + "-", None),
    ],
)
def test_one_range_is_served_and_nonsense_is_the_whole(field: str, part: tuple[int, int] | None) -> None:
    assert wanted(field, 100) == part


@pytest.mark.parametrize("field", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_beyond_the_end_is_unsatisfiable(field: str) -> None:
    with pytest.raises(Unsatisfiable):
        wanted(field, 100)


def test_a_range_of_something_older_is_the_whole() -> None:
    assert is_fresh("", '"a"')
    assert is_fresh('"a"', '"a"')
    assert not is_fresh('"b"', '"a"')
    assert not is_fresh('W/"a"', '"a"')
    assert not is_fresh("Wed, 21 Oct 2015 07:28:00 GMT", '"a"')
