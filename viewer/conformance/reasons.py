"""The reasons for a tile in place of a picture, as a table."""

from __future__ import annotations

from viewer.rendering.reasons import Reason


def table() -> str:
    """Return a Markdown table: each reason in both kinds of words."""
    rows = ["| reason | for a physician | for a patient |", "| --- | --- | --- |"]
    return "\n".join([*rows, *(f"| {r} | {r.words_for_physician} | {r.words_for_patient} |" for r in Reason)])
