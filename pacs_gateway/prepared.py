"""What every request asks the database or writes into it, put in SQL once.

Django writes the SQL of a query set anew each time, which takes several times as long as the answer does. The answer
itself is always the database's own of this moment: nothing is remembered but the words of the question.

    by_key = Prepared(lambda key: Study.objects.filter(key=key), str)
    by_key.rows("abc")                      # list(Study.objects.filter(key="abc"))
    PreparedInsert(Study).write(study)      # study.save() for a new study, but for its primary key and the signals
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connections, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet
from django.db.models.sql import InsertQuery

Row = TypeVar("Row")
NewRow = TypeVar("NewRow", bound=Model)
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
        self._compiler.execute_sql = self._found
        columns = [column for column, *_ in self._compiler.select]
        converters, has_composite = self._compiler.get_converters(columns), self._compiler.has_composite_fields(columns)
        self._compiler.get_converters = lambda _: converters
        self._compiler.has_composite_fields = lambda _: has_composite
        asked.query.get_compiler = lambda *_, **__: self._compiler  # type: ignore[method-assign]

    @property
    def is_for_another_connection(self) -> bool:
        return self._compiler.connection is not connections[self._asked.db]

    def rows(self, values: tuple[Any, ...]) -> list[Row]:
        self._values = values
        iterable: Any = self._asked._iterable_class
        return list(iterable(self._asked))

    def _found(self, *_: object, **__: object) -> list[list[Any]]:
        found = [one if place is None else self._values[place] for place, one in self._places]
        with self._compiler.connection.cursor() as cursor:
            cursor.execute(self._sql, found)
            return [cursor.fetchall()]


class PreparedInsert(Generic[NewRow]):
    """Writes new rows of a model."""

    def __init__(self, model: type[NewRow]) -> None:
        self._model = model
        self._written: dict[str, str] = {}

    def write(self, row: NewRow) -> None:
        """Insert one row. Its primary key is not asked for, and no signal is sent."""
        alias = router.db_for_write(self._model)
        connection = connections[alias]
        fields = [field for field in self._model._meta.local_concrete_fields if not field.primary_key]
        values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
        sql = self._written.get(connection.vendor) or self._sql(connection, fields, row)
        with transaction.mark_for_rollback_on_error(using=alias), connection.cursor() as cursor:
            cursor.execute(sql, values)

    def _sql(self, connection: BaseDatabaseWrapper, fields: list[Any], row: NewRow) -> str:
        query = InsertQuery(self._model)
        query.insert_values(fields, [row])
        ((sql, _values),) = query.get_compiler(connection=connection).as_sql()
        return self._written.setdefault(connection.vendor, str(sql))
