"""SECURITY.md claims only what there is a test for: every test and file that it names exists."""

from __future__ import annotations

import re
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
TEXT = (REPOSITORY / "SECURITY.md").read_text(encoding="utf-8")
TESTS = "\n".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "tests").rglob("*.py"))


def test_every_test_that_it_names_exists() -> None:
    named = set(re.findall(r"\b(test_\w+)\b(?!\.py)", TEXT))
    assert {name for name in named if f"def {name}(" not in TESTS} == set()


def test_every_file_that_it_names_exists() -> None:
    files = set(re.findall(r"`((?:[\w.]+/)+[\w.]+)", TEXT))
    assert {name for name in files if not (REPOSITORY / name).exists()} == set()


def test_every_requirement_has_its_row() -> None:
    numbers: set[int] = set()
    for first, last in re.findall(r"^\| R(\d\d)(?:–R(\d\d))? \|", TEXT, re.MULTILINE):
        numbers |= set(range(int(first), int(last or first) + 1))
    assert numbers == set(range(1, 81))
