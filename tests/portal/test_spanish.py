"""The site speaks Spanish to a browser that asks for it, from a compiled catalog as new as its source."""

from __future__ import annotations

import ast
import datetime as dt
import gettext
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format

from portal.people.words import title_of

REPOSITORY = Path(__file__).resolve().parents[2]
MESSAGES = Path(django_settings.LOCALE_PATHS[0]) / "es" / "LC_MESSAGES"
_FIELD = re.compile(r'^(msg\w+)(?:\[(\d)\])? ((?:".*"\n?)+)', re.MULTILINE)
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%d|\{\w+\}")
SPANISH = {
    "account_login": ("Iniciar sesión", "Olvidé mi contraseña", "Dirección de correo"),
    "home": ("Sus estudios, en su teléfono", "Tengo un código o un enlace"),
}


def _entries(catalog: Path = MESSAGES / "django.po") -> Iterator[dict[str, str]]:
    """Yield the fields of every entry of a catalog, the header left out; one to look over again has no words."""
    for block in catalog.read_text(encoding="utf-8").split("\n\n"):
        found = {
            name + number: "".join(ast.literal_eval(line) for line in text.split("\n") if line)
            for name, number, text in _FIELD.findall(block)
        }
        if found.get("msgid"):
            is_guess = any(line.startswith("#,") and "fuzzy" in line for line in block.splitlines())
            yield {**found, "msgstr": "", "msgstr0": ""} if is_guess else found


def _compiled(catalog: gettext.GNUTranslations, entry: dict[str, str], count: int) -> str:
    if "msgid_plural" in entry:
        return catalog.ngettext(entry["msgid"], entry["msgid_plural"], count)
    if "msgctxt" in entry:
        return catalog.pgettext(entry["msgctxt"], entry["msgid"])
    return catalog.gettext(entry["msgid"])


@pytest.mark.gettext
def test_every_word_on_the_pages_is_in_spanish(tmp_path: Path) -> None:
    for name in ("portal", "viewer", "pacs_gateway", "templates", "locale"):
        shutil.copytree(REPOSITORY / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "django", "makemessages", "-l", "es", "--no-location", "--no-obsolete"]
    without_settings = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, env=without_settings)
    found = list(_entries(tmp_path / "locale" / "es" / "LC_MESSAGES" / "django.po"))
    assert len(found) > 500
    assert [entry["msgid"] for entry in found if not (entry.get("msgstr") or entry.get("msgstr0"))] == []


@pytest.mark.django_db
@pytest.mark.parametrize("page", SPANISH)
def test_a_page_is_in_spanish_for_a_browser_that_asks_for_it(client: Client, page: str) -> None:
    response = client.get(reverse(page), headers={"accept-language": "es"})
    html = response.content.decode()
    assert '<html lang="es"' in html
    assert [words for words in SPANISH[page] if words not in html] == []


def test_the_compiled_catalog_holds_every_translated_entry() -> None:
    with (MESSAGES / "django.mo").open("rb") as compiled:
        catalog = gettext.GNUTranslations(compiled)
    entries = list(_entries())
    assert entries
    for entry in entries:
        singular, plural = ("msgstr0", "msgstr1") if "msgid_plural" in entry else ("msgstr", "msgstr")
        assert (_compiled(catalog, entry, 1), _compiled(catalog, entry, 2)) == (entry[singular], entry[plural])


def test_every_translation_keeps_the_placeholders() -> None:
    for entry in _entries():
        wanted = sorted(_PLACEHOLDER.findall(entry["msgid"]))
        for name in ("msgstr", "msgstr0", "msgstr1"):
            if name in entry:
                assert sorted(_PLACEHOLDER.findall(entry[name])) == wanted, entry["msgid"]


def test_the_title_of_a_study_is_in_spanish_whole() -> None:
    with translation.override("es"):
        assert title_of(["MR"], "KNEE LEFT") == "Resonancia magnética (RM) de la rodilla"


@pytest.mark.parametrize(
    ("language", "long", "short"),
    [("en", "6 August 2026", "6 Aug 2026"), ("es", "6 de agosto de 2026", "6 ago 2026")],
)
def test_dates_are_written_as_the_language_does(language: str, long: str, short: str) -> None:
    day = dt.date(2026, 8, 6)
    with translation.override(language):
        assert date_format(day) == long
        assert date_format(day, "SHORT_DATE_FORMAT") == short
        assert date_format(dt.datetime(2026, 8, 6, 9, 5), "DATETIME_FORMAT") == f"{long}, 09:05"  # noqa: DTZ001


def test_the_back_of_the_body_is_not_the_way_back() -> None:
    with translation.override("es"):
        assert translation.pgettext("side of the body", "Back") == "Detrás"
        assert translation.gettext("Back") == "Volver"
