"""What a PACS says to us counts when it is signed, fresh and new; everything else changes nothing."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from pacs_gateway.errors import PacsUnavailable
from pacs_gateway.index import hook, tasks
from pacs_gateway.index.models import Study
from pacs_gateway.upstream.config import parse_pacs
from tests.pacs_gateway.index.conftest import Archive

pytestmark = pytest.mark.django_db
SECRET = "a secret that only the PACS and we know"
UID = "1.2.826.4711"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[tuple[str, str]]:
    """Give the PACS `main` a secret, and return what workers are asked to take over."""
    found: list[tuple[str, str]] = []
    monkeypatch.setattr(tasks.take_over, "apply_async", lambda args, **more: found.append(args))
    settings.PACS = parse_pacs("main=http://127.0.0.1:9 mute=http://127.0.0.1:9", {"PACS_MAIN_HOOK_SECRET": SECRET})
    return found


def send(body: bytes | None = None, pacs: str = "main", secret: str = SECRET, **changes: str) -> Any:
    """Post a message as the PACS does, its headers changed as told."""
    body = json.dumps({"study": UID}).encode() if body is None else body
    words = {"timestamp": str(int(time.time())), "nonce": "n" * 32} | changes
    words.setdefault("signature", hook.sign(secret, words["timestamp"], words["nonce"], body))
    headers = {f"x-lightbox-{name}": value for name, value in words.items()}
    client = Client(enforce_csrf_checks=True)
    return client.post(f"/hooks/pacs/{pacs}", body, content_type="application/json", headers=headers)


def test_a_signed_message_is_acted_on(asked: list[tuple[str, str]]) -> None:
    assert send().status_code == 202
    assert asked == [("main", UID)]


def test_the_same_message_again_is_not(asked: list[tuple[str, str]]) -> None:
    assert send().status_code == 202
    again = send()
    assert again.status_code == 409
    assert again["Content-Type"] == "application/problem+json"
    assert len(asked) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"secret": "another secret, that is also long enough"},
        {"secret": ""},
        {"signature": ""},
        {"signature": "0" * 64},
        {"signature": "é" * 32},
        {"nonce": ""},
        {"nonce": "short"},
        {"nonce": "n" * 65},
        {"nonce": "n" * 20 + " "},
        {"timestamp": ""},
        {"timestamp": "now"},
        {"timestamp": "-1"},
        {"timestamp": "1" * 13},
        {"timestamp": "١٢٣"},
        {"pacs": "mute"},
        {"pacs": "mute", "secret": ""},
        {"pacs": "unheard_of"},
        {"pacs": "Nonsense%00"},
    ],
    ids=str,
)
def test_anything_else_is_refused_and_remembers_nothing(asked: list[tuple[str, str]], changes: dict[str, str]) -> None:
    _is_refused_and_forgotten(asked, changes)


@pytest.mark.parametrize("days", [-1, 1])
def test_so_is_a_message_of_another_day(asked: list[tuple[str, str]], days: int) -> None:
    _is_refused_and_forgotten(asked, {"timestamp": str(int(time.time()) + days * 86_400)})


def _is_refused_and_forgotten(asked: list[tuple[str, str]], changes: dict[str, str]) -> None:
    answer = send(**changes)
    assert answer.status_code == 403
    assert asked == []
    assert cache.add("hook:main:" + "n" * 32, 1)


@pytest.mark.parametrize("changed", ["body", "timestamp", "nonce"])
def test_the_signature_is_over_all_of_it(asked: list[tuple[str, str]], changed: str) -> None:
    stamp, nonce, body = str(int(time.time())), "n" * 32, json.dumps({"study": UID}).encode()
    sent = {"timestamp": stamp, "nonce": nonce, "signature": hook.sign(SECRET, stamp, nonce, body)}
    if changed == "body":
        body = body.replace(b"4711", b"4712")
    else:
        sent[changed] = {"timestamp": str(int(stamp) - 1), "nonce": "m" * 32}[changed]
    assert send(body, **sent).status_code == 403
    assert asked == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"null", b"not json", b"[" * 900, b'{"study": "*"}', b'{"study": 1}', b'{"study": "1.2/.."}'],
    ids=lambda body: body[:20].decode(),
)
def test_a_signed_message_that_names_no_study_is_400(asked: list[tuple[str, str]], body: bytes) -> None:
    assert send(body).status_code == 400
    assert asked == []


def test_a_long_message_is_not_read(asked: list[tuple[str, str]]) -> None:
    assert send(b" " * 1100).status_code == 413
    assert asked == []


def test_a_browser_s_session_opens_nothing(asked: list[tuple[str, str]]) -> None:
    assert Client().get("/hooks/pacs/main").status_code == 405
    assert Client().post("/hooks/pacs/main").status_code == 403
    assert asked == []


def test_the_worker_takes_the_study_over(pacs: Archive) -> None:
    uid = pacs.put("a")
    tasks.take_over("main", uid)
    assert Study.objects.get().study_uid == uid


def test_a_pacs_that_does_not_answer_is_asked_again(down: str, caplog: pytest.LogCaptureFixture) -> None:
    # Called like this there is no later: the error comes out.
    with pytest.raises(PacsUnavailable) as caught:
        tasks.take_over(down, UID)
    assert UID not in caplog.text + str(caught.value)


def test_the_secret_does_not_show_in_the_repr(asked: list[tuple[str, str]], settings: Any) -> None:
    assert "a secret" not in repr(settings.PACS)
