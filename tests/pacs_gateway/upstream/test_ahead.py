"""Several requests are under way at once, and what comes back is checked and ordered as if there were one."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable
from contextlib import closing

import pydicom
import pytest

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.errors import PacsMismatch, PacsNotFound, PacsUnavailable
from pacs_gateway.refs import FrameRef, InstanceRef
from pacs_gateway.upstream import ahead, breaker
from pacs_gateway.upstream.ahead import FAR_SECONDS, Place
from pacs_gateway.upstream.checked import CheckedPacs
from pacs_gateway.upstream.config import PacsConfig
from pacs_gateway.upstream.connection import Connection
from pacs_gateway.upstream.dicomweb import INSTANCES_AT_ONCE, DicomwebPacs
from tests.fakes.faulty_pacs import FaultyPacs, Request, Reset, Say, head, multipart_answer
from tests.pacs_gateway.upstream.selection import sample

COUNT = 16
LONG = 30


class Sender:
    """Notes what is sent."""

    def __init__(self, fails_at: str = "") -> None:
        self.sent: list[str] = []
        self.made: dict[str, Connection] = {}
        self._fails_at = fails_at

    def __call__(self, path: str, accept: str) -> Connection | None:
        self.sent.append(path)
        if path == self._fails_at:
            return None
        self.made[path] = Closable()
        return self.made[path]


class Closable(Connection):
    """A connection to nowhere that tells whether it was closed."""

    is_closed = False

    def __init__(self) -> None:
        super().__init__("127.0.0.1", 9, None)

    def close(self) -> None:
        self.is_closed = True


def _expecting(paths: str, most: int, send: Sender, *, was_far: bool = False) -> Place:
    place = Place(most, send, was_far=was_far)
    place.expect(list(paths), "as stored")
    return place


def test_of_a_pacs_that_is_near_two_are_asked_for_at_a_time() -> None:
    send = Sender()
    place = _expecting("abcd", 8, send)
    assert place.take("a", "as stored") is send.made["a"]
    assert send.sent == ["a", "b"]
    place.waited(FAR_SECONDS / 2)
    assert place.take("b", "as stored") is send.made["b"]
    assert send.sent == ["a", "b", "c"]
    assert not place.is_far


def test_of_a_pacs_that_is_far_as_many_as_there_are_places() -> None:
    send = Sender()
    place = _expecting("abcdefgh", 4, send)
    place.take("a", "as stored")
    place.waited(FAR_SECONDS * 2)
    place.take("b", "as stored")
    assert send.sent == ["a", "b", "c", "d", "e"]
    assert place.is_far


def test_of_one_that_was_far_from_the_beginning() -> None:
    send = Sender()
    place = _expecting("abcdefgh", 4, send, was_far=True)
    place.take("a", "as stored")
    assert send.sent == ["a", "b", "c", "d"]
    assert place.is_far is False, "it may be near by now"


def test_one_picture_tells_how_far_it_is_and_other_answers_do_not() -> None:
    one, other = _expecting("a", 1, Sender()), Place(1, Sender())
    for place in (one, other):
        place.waited(FAR_SECONDS * 2)
    assert (one.is_far, other.is_far) == (True, None)


def test_with_one_place_nothing_is_asked_ahead() -> None:
    send = Sender()
    place = _expecting("ab", 1, send)
    assert place.take("a", "as stored") is None
    assert send.sent == []


def test_what_was_not_asked_is_not_answered_by_something_else() -> None:
    place = _expecting("abc", 8, Sender())
    assert place.take("a", "in another way") is None
    assert place.take("z", "as stored") is None
    assert place.take("a", "as stored") is not None
    assert place.take("a", "as stored") is None, "each answer is taken once"


def test_where_one_cannot_be_sent_no_other_is() -> None:
    send = Sender(fails_at="b")
    place = _expecting("abcd", 8, send, was_far=True)
    place.take("a", "as stored")
    assert place.take("b", "as stored") is None
    assert send.sent == ["a", "b"]


def test_what_is_still_under_way_is_given_up_in_the_end() -> None:
    send = Sender()
    with closing(_expecting("abc", 3, send, was_far=True)) as place:
        place.take("a", "as stored")
    assert {path: one.is_closed for path, one in send.made.items()} == {"a": False, "b": True, "c": True}  # type: ignore[attr-defined]


class Stack:
    """Instances of one series, by the last part of their addresses."""

    def __init__(self) -> None:
        one = sample("native")
        self.grant: StudyGrant = one.grant()
        self.refs: list[FrameRef] = []
        self.files: dict[str, bytes] = {}
        for number in range(COUNT):
            data_set = pydicom.dcmread(one.path)
            data_set.SOPInstanceUID = data_set.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{number}"
            data_set.PixelData = bytes([number]) + data_set.PixelData[1:]
            file = io.BytesIO()
            data_set.save_as(file)
            self.files[data_set.SOPInstanceUID] = file.getvalue()
            self.refs.append(FrameRef(InstanceRef(data_set.SeriesInstanceUID, data_set.SOPInstanceUID), 1))

    def answer(self, request: Request) -> Iterable[Say]:
        return multipart_answer([self.files[_uid(request)]])


def _uid(request: Request) -> str:
    return request.path.rsplit("/", 1)[1]


@pytest.fixture(scope="module")
def stack() -> Stack:
    return Stack()


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every PACS be far away."""
    monkeypatch.setattr(ahead, "FAR_SECONDS", 0.0)


def _pacs(server: FaultyPacs) -> CheckedPacs:
    return CheckedPacs(DicomwebPacs(PacsConfig("main", "http", server.url)))


def _firsts(pacs: CheckedPacs, stack: Stack) -> list[int]:
    found = list(pacs.frames(stack.grant, stack.refs))
    assert [frame.ref for frame in found] == stack.refs
    return [frame.data[0] for frame in found]


@pytest.mark.usefixtures("far")
def test_the_pacs_works_on_several_at_once(stack: Stack) -> None:
    changed = threading.Condition()
    asked = 0

    def answer(request: Request) -> Iterable[Say]:
        nonlocal asked
        with changed:
            asked += 1
            changed.notify_all()
            # The second is under way before the first is answered, and eight before the third is.
            number = int(_uid(request).rsplit(".", 1)[1])
            least = 2 if number < 2 else min(1 + INSTANCES_AT_ONCE, COUNT)
            assert changed.wait_for(lambda: asked >= least, LONG), "it was not asked for more meanwhile"
        return stack.answer(request)

    with FaultyPacs(answer) as server:
        assert _firsts(_pacs(server), stack) == list(range(COUNT))
        assert len(server.requests) == COUNT


@pytest.mark.usefixtures("far")
def test_answers_that_are_swapped_are_another_picture_s(stack: Stack) -> None:
    first, second = stack.refs[2].instance.instance_uid, stack.refs[3].instance.instance_uid
    swapped = {**stack.files, first: stack.files[second], second: stack.files[first]}
    with FaultyPacs(lambda r: multipart_answer([swapped[_uid(r)]])) as server:
        frames = _pacs(server).frames(stack.grant, stack.refs)
        assert [next(frames).data[0] for _ in range(2)] == [0, 1]
        with pytest.raises(PacsMismatch):
            next(frames)


@pytest.mark.usefixtures("far")
@pytest.mark.parametrize("how", ["closed", "reset", "busy", "cut"])
def test_an_answer_that_does_not_come_is_asked_for_again(stack: Stack, how: str) -> None:
    seen: set[str] = set()

    def answer(request: Request) -> Iterable[Say]:
        if _uid(request) in seen:
            yield from stack.answer(request)
            return
        seen.add(_uid(request))
        if how == "reset":
            raise Reset
        if how == "busy":
            yield Say(head(503))
        if how == "cut":
            (whole,) = stack.answer(request)
            yield Say(whole.data[:-1000])

    with FaultyPacs(answer) as server:
        assert _firsts(_pacs(server), stack) == list(range(COUNT))
        assert len(server.requests) == 2 * COUNT


@pytest.mark.usefixtures("far")
def test_one_that_is_gone_is_told_of_in_its_place(stack: Stack) -> None:
    gone = stack.refs[2].instance.instance_uid
    with FaultyPacs(lambda r: [Say(head(404))] if _uid(r) == gone else stack.answer(r)) as server:
        frames = _pacs(server).frames(stack.grant, stack.refs)
        assert [next(frames).data[0] for _ in range(2)] == [0, 1]
        with pytest.raises(PacsNotFound):
            next(frames)


@pytest.mark.usefixtures("far")
def test_a_pacs_for_which_that_is_too_much_is_asked_one_by_one(stack: Stack) -> None:
    served = 2
    # What is under way when the third reply is read.
    too_much = {ref.instance.instance_uid for ref in stack.refs[served : served + INSTANCES_AT_ONCE]}
    later = stack.refs[served + INSTANCES_AT_ONCE].instance.instance_uid

    def answer(request: Request) -> Iterable[Say]:
        if _uid(request) not in too_much:
            return stack.answer(request)
        too_much.remove(_uid(request))
        return [Say(head(503))]

    with FaultyPacs(answer) as server:
        pacs = _pacs(server)
        assert _firsts(pacs, stack) == list(range(COUNT))
        frames = pacs.frames(stack.grant, stack.refs)
        assert [next(frames).data[0] for _ in range(4)] == [0, 1, 2, 3]
        assert [_uid(one) for one in server.requests].count(later) == 1


def test_of_a_pacs_that_is_left_alone_nothing_is_asked_ahead(stack: Stack) -> None:
    with FaultyPacs(lambda r: []) as server:
        pacs = _pacs(server)
        for _ in range(breaker.FAILURES):
            with pytest.raises(PacsUnavailable):
                pacs.metadata(stack.grant)
        asked = len(server.requests)
        with pytest.raises(PacsUnavailable):
            list(pacs.frames(stack.grant, stack.refs))
        assert len(server.requests) == asked
