"""Questions that every request asks the database, written in SQL once for each thread.

Django writes the SQL of a query set anew each time, which takes several times as long as the answer does. The answer
itself is always the database's own of this moment: nothing is remembered but the words of the question.

    by_key = Prepared(lambda key: Study.objects.filter(key=key), str)
    by_key.rows("abc")      # list(Study.objects.filter(key="abc"))
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.models import QuerySet

Row = TypeVar("Row")
# Within the range of every field: Django leaves out a comparison with what is beyond.
_FIRST_MARK = 2_000_000_011


class Prepared(Generic[Row]):
    """A query set whose values, given by `kinds`, are filled in when it is asked."""

    def __init__(self, ask: Callable[..., QuerySet[Any, Row]], *kinds: type[str] | type[int]) -> None:
        self._ask = ask
        self._marks = [kind(_FIRST_MARK + place) for place, kind in enumerate(kinds)]
        self._written = threading.local()

    def rows(self, *values: str | int) -> list[Row]:
        """Return what the query set finds for these values."""
        question = getattr(self._written, "question", None)
        if question is None or question.is_for_another_connection:
            question = self._written.question = _Question(self._ask(*self._marks), self._marks)
        return question.rows(values)


class _Question(Generic[Row]):
    """A query set with its SQL, for the connection of one thread."""

    def __init__(self, asked: QuerySet[Any, Row], marks: list[Any]) -> None:
        self._asked, self._values = asked, ()
        self._compiler: Any = asked.query.get_compiler(asked.db)
        self._sql, found = self._compiler.as_sql()
        # Of each parameter, which of the values it is; a parameter that is none of them stays as it is.
        self._places = [(marks.index(one) if one in marks else None, one) for one in found]
        if not set(range(len(marks))) <= {place for place, _ in self._places}:
            raise ValueError("a value is not in the SQL of the query set")
        self._compiler.as_sql = self._as_sql
        asked.query.get_compiler = lambda *_, **__: self._compiler  # type: ignore[method-assign]

    @property
    def is_for_another_connection(self) -> bool:
        return self._compiler.connection is not connections[self._asked.db]

    def rows(self, values: tuple[Any, ...]) -> list[Row]:
        self._values = values
        iterable: Any = self._asked._iterable_class
        return list(iterable(self._asked))

    def _as_sql(self, *_: object, **__: object) -> tuple[str, list[Any]]:
        return self._sql, [one if place is None else self._values[place] for place, one in self._places]
