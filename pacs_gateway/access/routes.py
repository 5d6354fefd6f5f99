"""Every route of the site, walked from the URL resolver."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from pacs_gateway.access.rules import Rule, rule_of_pattern


@dataclass(frozen=True, slots=True)
class Route:
    """One route: its whole pattern text, the names in it, its view and its rule."""

    text: str
    names: frozenset[str]
    pattern: URLPattern
    rule: Rule | None


def _walk(resolver: URLResolver, prefix: str, names: frozenset[str]) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        text = prefix + str(entry.pattern)
        inner = names | frozenset(entry.pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, text, inner)
        else:
            yield Route(text, inner, entry, rule_of_pattern(entry, text))


def all_routes() -> list[Route]:
    """Return every route of the site."""
    return list(_walk(get_resolver(), "", frozenset()))
