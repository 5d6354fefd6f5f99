"""A tile is in the language and the words of whoever asks: alone, in a run, after the request, and from the store."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation

from pacs_gateway import upstream
from pacs_gateway.access.principal import Principal
from tests.cast import Cast, make_cast
from tests.synthetic import ct_slice
from tests.viewer.test_pictures import load_manifest
from viewer.picture import Picture, of_refusal
from viewer.rendering import CannotRender, Reason, render_tile
from viewer.tiles import teller

STUDY = 95100
DAMAGED = Reason.DAMAGED


def asked_by(role: str):
    request = RequestFactory().get("/")
    request.principal = Principal(role=role)
    return request


def spanish(words: str) -> str:
    with translation.override("es"):
        return translation.gettext(words)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words_in_spanish_for_everybody(reason: Reason) -> None:
    for words in (reason.words_for_patient, reason.words_for_physician):
        assert spanish(words) != words


def test_a_tile_is_in_the_words_of_the_reader() -> None:
    tile = of_refusal(CannotRender(DAMAGED), 256)
    for role, words in (("physician", DAMAGED.words_for_physician), ("patient", DAMAGED.words_for_patient)):
        with translation.override("en"):
            assert teller(asked_by(role))(tile).data == render_tile(words, 256).data
        with translation.override("es"):
            told = teller(asked_by(role))
        # As a stream does, when the language of the request is no longer that of the thread.
        made = told(tile)
        assert made.data == render_tile(spanish(words), 256).data
        assert (made.reason, made.width, made.height) == (tile.reason, tile.width, tile.height)


def test_pictures_and_values_are_let_be() -> None:
    tell = teller(asked_by("patient"))
    for picture in (Picture(b"x", "image/png", 8, 8), Picture(b"x", "image/jpeg", 8, 8, reason="damaged")):
        assert tell(picture) is picture


@pytest.fixture
def cast(pacs_folder: Path) -> Cast:
    ds = ct_slice("P-OWNER", STUDY, 1, 1, issuer="TEST")
    ds.PhotometricInterpretation = "HSV"
    (pacs_folder / "tiles").mkdir(exist_ok=True)
    ds.save_as(pacs_folder / "tiles" / "one.dcm", enforce_file_format=True)
    upstream.prepare("main", lambda done, of: None)
    return make_cast(study_uid=ds.StudyInstanceUID)


@pytest.mark.stack
@pytest.mark.django_db
@pytest.mark.usefixtures("workers")
@pytest.mark.parametrize(("who", "words"), [("owner", "words_for_patient"), ("staff", "words_for_physician")])
def test_one_stored_tile_is_told_in_every_language(cast: Cast, who: str, words: str) -> None:
    place = [cast.study.key, load_manifest(cast.study).series[0].id]
    client = cast.client(who)
    for language in ("en", "es", "en"):
        accept = {"accept-language": language}
        answer = client.get(reverse("viewer:frame", args=[*place, 1]) + "?size=200", headers=accept)
        with translation.override(language):
            expected = render_tile(translation.gettext(getattr(Reason(answer["X-Frame-Reason"]), words)), 200).data
        assert answer.content == expected
        run = client.get(reverse("viewer:run", args=place) + "?numbers=1&size=200", headers=accept).getvalue()
        assert struct.unpack(">III", run[:12]) == (1, 1, len(expected))
        assert run[12:] == expected
