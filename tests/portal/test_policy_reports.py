"""Reports of browsers: the directive reaches the log, nothing else of it does."""

from __future__ import annotations

import json
import logging

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def _send(body: object) -> int:
    text = body if isinstance(body, str) else json.dumps(body)
    client = Client(enforce_csrf_checks=True)
    return client.post("/policy-report", text, content_type="application/csp-report").status_code


def test_the_directive_is_logged_and_no_address(caplog: pytest.LogCaptureFixture) -> None:
    report = {"document-uri": "http://x.example/s/secret/", "violated-directive": "img-src", "blocked-uri": "http://e"}
    with caplog.at_level(logging.WARNING):
        assert _send({"csp-report": report}) == 204
    assert "img-src" in caplog.text
    assert "secret" not in caplog.text
    assert "http" not in caplog.text


@pytest.mark.parametrize(
    "body",
    ["", "no json", [], {"csp-report": None}, {"csp-report": {}}, {"csp-report": {"violated-directive": "a\nb"}}],
)
def test_nonsense_is_dropped(body: object, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert _send(body) == 204
    assert "policy" not in caplog.text


def test_a_long_report_is_not_read() -> None:
    assert _send("x" * 20_000) == 413
