"""The size budgets of the house: code stays small enough to be read."""

from __future__ import annotations

import ast
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = ("portal", "viewer", "pacs_gateway")
AVOIDED_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "misc", "manager"}


def _tracked(pattern: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", pattern],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [REPOSITORY / line for line in listed.splitlines() if (REPOSITORY / line).exists()]


def _modules() -> list[Path]:
    own = [path for path in _tracked("*.py") if path.relative_to(REPOSITORY).parts[0] in PACKAGES]
    return [path for path in own if "migrations" not in path.parts and path.stat().st_size > 0]


def _scripts() -> list[Path]:
    return _tracked("static/js/*.js")


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _functions() -> Iterator[tuple[str, int]]:
    for path in _modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                yield f"{path.relative_to(REPOSITORY)}:{node.name}", node.end_lineno - node.lineno + 1


def test_modules_are_short() -> None:
    sizes = sorted(_lines(path) for path in _modules())
    assert statistics.median(sizes) <= 60
    assert sizes[int(len(sizes) * 0.9)] <= 160


def test_no_module_is_above_300_lines() -> None:
    assert [path.name for path in [*_modules(), *_scripts()] if _lines(path) > 300] == []


def test_functions_are_short() -> None:
    sizes = dict(_functions())
    assert statistics.median(sizes.values()) <= 8
    assert {name: size for name, size in sizes.items() if size > 50} == {}


def test_modules_are_named_by_an_idea() -> None:
    assert [path.name for path in [*_modules(), *_scripts()] if path.stem in AVOIDED_NAMES] == []
