"""TLS is verified: an unknown authority, another host's certificate or a missing client certificate end the call."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from pacs_gateway.errors import PacsUnavailable
from pacs_gateway.upstream.base import StudyQuery
from pacs_gateway.upstream.checked import CheckedPacs
from pacs_gateway.upstream.config import PacsConfig
from pacs_gateway.upstream.dicomweb import DicomwebPacs
from tests.authority import Authority, make_authority
from tests.fakes.faulty_pacs import FaultyPacs, json_answer


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return make_authority(tmp_path)


def serving(authority: Authority, address: str = "127.0.0.1") -> FaultyPacs:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue("server", address))
    return FaultyPacs(lambda request: json_answer([]), tls=context)


def search(server: FaultyPacs, **credentials: str) -> object:
    return CheckedPacs(DicomwebPacs(PacsConfig("main", "https", server.url, **credentials))).search_studies(
        StudyQuery()
    )


def test_the_authority_in_the_settings_is_believed(authority: Authority):
    with serving(authority) as server:
        assert search(server, ca=authority.path) == []


def test_an_unknown_authority_is_not(authority: Authority):
    with serving(authority) as server, pytest.raises(PacsUnavailable):
        search(server, token="secret")
    assert server.requests == []


def test_the_certificate_of_another_host_is_not(authority: Authority):
    with serving(authority, "127.0.0.2") as server, pytest.raises(PacsUnavailable):
        search(server, ca=authority.path)
    assert server.requests == []


def test_a_client_certificate_is_shown(authority: Authority):
    server = serving(authority)
    assert server.tls is not None
    server.tls.verify_mode = ssl.CERT_REQUIRED
    server.tls.load_verify_locations(authority.path)
    certificate, key = authority.issue("client", "127.0.0.1")
    with server:
        assert search(server, ca=authority.path, client_cert=certificate, client_key=key) == []
        with pytest.raises(PacsUnavailable):
            search(server, ca=authority.path)
    assert len(server.requests) == 1
