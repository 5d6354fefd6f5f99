"""CONFORMANCE.md says what the code does."""

from __future__ import annotations

from pathlib import Path

from viewer.conformance import document

REPOSITORY = Path(__file__).resolve().parents[2]


def test_the_generated_tables_are_up_to_date() -> None:
    text = (REPOSITORY / "CONFORMANCE.md").read_text(encoding="utf-8")
    assert document(text) == text, "run manage.py conformance"
