"""How the frames of a run are shared out to tasks."""

from __future__ import annotations

import pytest

from viewer import frames


@pytest.mark.parametrize(
    ("count", "expected"), [(1, [1]), (16, [16]), (17, [9, 8]), (32, [16, 16]), (33, [11, 11, 11]), (40, [14, 14, 12])]
)
def test_a_run_is_shared_by_as_few_tasks_as_may_be(count: int, expected: list[int]) -> None:
    words: list[frames.Word] = [["1.2", "1.2.3", number] for number in range(1, count + 1)]
    shares = list(frames._shares(words))
    assert [len(share) for share in shares] == expected
    assert [word for share in shares for word in share] == words
