"""Parameters that are given once at most: yes or no, or a count."""

from __future__ import annotations

from django.http import QueryDict

from pacs_gateway.dicomweb.problems import bad_request

_NUMBER_MOST = 9


def single(query: QueryDict, name: str) -> str:
    values = query.getlist(name)
    if len(values) > 1:
        raise bad_request("A parameter is given twice.")
    return values[0] if values else ""


def flag(query: QueryDict, name: str) -> bool:
    value = single(query, name)
    if value not in ("", "true", "false"):
        raise bad_request("A parameter must be true or false.")
    return value == "true"


def count(query: QueryDict, name: str) -> int | None:
    value = single(query, name)
    if not value:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) <= _NUMBER_MOST):
        raise bad_request("limit and offset must be whole numbers.")
    return int(value)
