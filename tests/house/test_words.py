"""Rules on what stands in templates and scripts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((REPOSITORY / "templates").rglob("*.html"))
SCRIPTS = sorted((REPOSITORY / "static" / "js").rglob("*.js"))
PYTHON = [path for name in ("portal", "viewer", "pacs_gateway") for path in (REPOSITORY / name).rglob("*.py")]

_INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
_UNSAFE_TEMPLATE = re.compile(r"\|\s*safe\b|autoescape off")
_UNSAFE_SCRIPT = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|localStorage"
)
_UNSAFE_PYTHON = re.compile(r"mark_safe|SafeString")
# Nobody is signed in by a cookie there: what is sent proves itself, or changes nothing.
WITHOUT_CSRF = {"portal/health/policy_reports.py"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_have_no_inline_code_and_escape_everything(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not _INLINE.findall(text)
    assert not _UNSAFE_TEMPLATE.findall(text)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_write_text_not_markup(path: Path) -> None:
    assert not _UNSAFE_SCRIPT.findall(path.read_text(encoding="utf-8"))


def test_code_never_calls_text_safe() -> None:
    assert [str(path) for path in PYTHON if _UNSAFE_PYTHON.search(path.read_text(encoding="utf-8"))] == []


def test_only_named_views_take_forms_from_elsewhere() -> None:
    found = {str(path.relative_to(REPOSITORY)) for path in PYTHON if "csrf_exempt" in path.read_text(encoding="utf-8")}
    assert found == WITHOUT_CSRF
