"""Matching of Person Names: literally in any case, or by words (PS3.4 C.2.2.2.1.1, PS3.5 6.2.1)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from pacs_gateway.dicomweb.wildcards import is_like
from pacs_gateway.upstream.records import name_words

Test = Callable[[str], bool]


def literal(asked: str) -> Test:
    """Test literally, in any case; the whole name, or one of its groups alone (PS3.5 6.2.1)."""
    pattern = _folded(asked)

    def test(value: str) -> bool:
        name = _folded(value)
        return is_like(name, pattern) or any(is_like(group, pattern) for group in name.split("="))

    return test


def fuzzy(asked: str) -> Test:
    """Test whether each word asked for begins a word of the name, in any order, case and accent."""
    words = [_plain(word) for word in name_words(asked.replace("*", " ").replace("?", " "))]

    def test(value: str) -> bool:
        have = [_plain(word) for word in name_words(value)]
        return all(any(one.startswith(word) for one in have) for word in words)

    return test


def _folded(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "=".join(group.rstrip("^ ") for group in folded.split("="))


def _plain(word: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", word) if not unicodedata.combining(one))
