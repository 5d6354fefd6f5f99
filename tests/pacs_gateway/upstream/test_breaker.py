"""The breaker opens, lets one call try, and closes."""

import pytest

from pacs_gateway.errors import PacsNotFound, PacsUnavailable
from pacs_gateway.upstream.breaker import FAILURES, OPEN_SECONDS, Breaker, Failed


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def fail(breaker: Breaker) -> None:
    with pytest.raises(PacsUnavailable, match="down"), breaker.call():
        raise Failed(PacsUnavailable("down"))


def refused(breaker: Breaker) -> bool:
    try:
        with breaker.call():
            return False
    except PacsUnavailable:
        return True


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(clock: Clock) -> Breaker:
    breaker = Breaker("main", clock)
    for _ in range(FAILURES):
        fail(breaker)
    return breaker


def test_it_opens_only_after_failures_in_a_row(clock: Clock):
    breaker = Breaker("main", clock)
    for _ in range(3):
        for _ in range(FAILURES - 1):
            fail(breaker)
        assert not refused(breaker)


def test_what_the_pacs_answered_does_not_count(clock: Clock):
    breaker = Breaker("main", clock)
    for _ in range(FAILURES * 2):
        with pytest.raises(PacsNotFound), breaker.call():
            raise PacsNotFound("no")
    assert not refused(breaker)


def test_open_it_refuses_at_once_and_after_a_while_lets_one_try(opened: Breaker, clock: Clock):
    assert refused(opened)
    clock.now += OPEN_SECONDS
    with opened.call():
        assert refused(opened), "only one call may try"
    assert not refused(opened)


def test_a_try_that_fails_opens_it_again(opened: Breaker, clock: Clock):
    clock.now += OPEN_SECONDS
    fail(opened)
    assert refused(opened)
    clock.now += OPEN_SECONDS
    assert not refused(opened)


def test_a_try_that_is_given_up_lets_the_next_one_try(opened: Breaker, clock: Clock):
    clock.now += OPEN_SECONDS
    with pytest.raises(KeyboardInterrupt), opened.call():
        raise KeyboardInterrupt
    assert not refused(opened)
