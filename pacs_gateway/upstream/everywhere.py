"""One search over every PACS at once. One that is down is named, and holds nobody up."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from pacs_gateway import upstream
from pacs_gateway.errors import PacsBusy, PacsError
from pacs_gateway.refs import InvalidRef
from pacs_gateway.upstream import presence
from pacs_gateway.upstream.base import StudyQuery, StudyRecord
from pacs_gateway.upstream.records import InvalidSearch

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answers:
    """What each PACS said, by its name, and which said nothing, both in the order of the settings."""

    records: dict[str, list[StudyRecord]]
    silent: tuple[str, ...]


def search_everywhere(query: StudyQuery, caller: str = "", seconds: float | None = None) -> Answers:
    """Search studies in every PACS at once (QIDO-RS, PS3.18 10.6).

    Parameters
    ----------
    query
        What to look for. A PACS that it cannot be put to counts as silent.
    caller
        The label of the principal who asks, "" for work of our own.
    seconds
        How long to wait in all; a PACS that needs longer, as for many pages, is silent. None: as long as each may take.
    """
    names = upstream.names()
    pool = ThreadPoolExecutor(max_workers=max(len(names), 1), thread_name_prefix="search")
    asked = {name: pool.submit(_ask, name, query, caller) for name in names}
    done, late = wait(asked.values(), timeout=seconds)
    # Those that are late end by themselves, at their own deadline.
    pool.shutdown(wait=False, cancel_futures=True)
    if late:
        log.warning("search: %d PACS did not answer in time", len(late))
    found = {name: _answer(future, done) for name, future in asked.items()}
    records = {name: answer for name, answer in found.items() if answer is not None}
    return Answers(records, tuple(name for name in names if name not in records))


def _ask(name: str, query: StudyQuery, caller: str) -> list[StudyRecord] | None:
    try:
        found = upstream.connect(name).search_studies(query, caller)
    except (PacsError, InvalidSearch, InvalidRef) as error:
        log.warning("search: PACS %s could not be asked (%s)", name, type(error).__name__)
        if isinstance(error, PacsError) and not isinstance(error, PacsBusy):
            presence.note_silence(name)
        return None
    presence.note_answer(name)
    return found


def _answer(
    future: Future[list[StudyRecord] | None], done: set[Future[list[StudyRecord] | None]]
) -> list[StudyRecord] | None:
    return future.result() if future in done else None
