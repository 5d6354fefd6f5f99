"""Wild Card Matching (PS3.4 C.2.2.2.4)."""

from __future__ import annotations


def is_like(text: str, pattern: str) -> bool:
    """Tell whether `text` is like `pattern`, in which * stands for any text and ? for any character.

    It takes no more steps than the product of the two lengths, whatever the pattern.
    """
    at = place = mark = 0
    star = -1
    while place < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, mark, at = at, place, at + 1
        elif at < len(pattern) and pattern[at] in ("?", text[place]):
            at, place = at + 1, place + 1
        elif star >= 0:
            at, mark = star + 1, mark + 1
            place = mark
        else:
            return False
    return not pattern[at:].strip("*")
