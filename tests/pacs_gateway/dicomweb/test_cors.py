"""Viewers on another origin: none by default, and the named ones without cookies."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from pacs_gateway.dicomweb.cors import parse_origins
from tests.pacs_gateway.dicomweb.conftest import Service

VIEWER, OTHER = "https://viewer.example", "https://other.example"
ALLOW = "Access-Control-Allow-Origin"


def _preflight(origin: str, path: str = "/dicomweb/studies"):
    return Client().options(path, headers={"Origin": origin, "Access-Control-Request-Method": "GET"})


def test_no_other_origin_is_let_in_by_default(folder_service: Service) -> None:
    response = folder_service.get("token", "/studies", Origin=VIEWER)
    assert (response.status_code, ALLOW in response) == (200, False)
    assert ALLOW not in _preflight(VIEWER)


def test_a_named_origin_may_ask_with_a_token(folder_service: Service, settings) -> None:
    settings.DICOMWEB_ORIGINS = parse_origins([VIEWER])
    preflight = _preflight(VIEWER)
    assert (preflight.status_code, preflight[ALLOW]) == (204, VIEWER)
    assert "Authorization" in preflight["Access-Control-Allow-Headers"]
    for who, status in (("token", 200), ("anonymous", 401)):
        response = folder_service.get(who, "/studies", Origin=VIEWER)
        assert (response.status_code, response[ALLOW]) == (status, VIEWER)
        assert "Access-Control-Allow-Credentials" not in response
        assert "Origin" in response["Vary"]


def test_an_origin_that_is_not_named_is_not_let_in(folder_service: Service, settings) -> None:
    settings.DICOMWEB_ORIGINS = parse_origins([VIEWER])
    for origin in (OTHER, "null", f"{VIEWER}.evil.example", ""):
        assert ALLOW not in folder_service.get("token", "/studies", Origin=origin)
        assert ALLOW not in _preflight(origin)


def test_only_the_service_is_open_to_other_origins(db: None, settings) -> None:
    settings.DICOMWEB_ORIGINS = parse_origins([VIEWER])
    assert ALLOW not in _preflight(VIEWER, "/scans/")


@pytest.mark.parametrize("origin", ["*", "viewer.example", "https://viewer.example/", "https://*.example", "null"])
def test_only_exact_origins_can_be_named(origin: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        parse_origins([origin])
