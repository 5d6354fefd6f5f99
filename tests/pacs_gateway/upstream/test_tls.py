"""TLS is verified: an unknown authority, another host's certificate or a missing client certificate end the call."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pacs_gateway.errors import PacsUnavailable
from pacs_gateway.upstream.base import StudyQuery
from pacs_gateway.upstream.checked import CheckedPacs
from pacs_gateway.upstream.config import PacsConfig
from pacs_gateway.upstream.dicomweb import DicomwebPacs
from tests.fakes.faulty_pacs import FaultyPacs, json_answer


@dataclass(frozen=True)
class Authority:
    """A certificate authority made for one test, in a folder."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def path(self) -> str:
        return str(self.folder / "ca.pem")

    def issue(self, name: str, address: str) -> tuple[str, str]:
        """Return the paths of a new certificate for an address and of its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        made = build(name, key, self.certificate.subject).add_extension(names, False).sign(self.key, hashes.SHA256())
        return write(self.folder / f"{name}.pem", made), write(self.folder / f"{name}.key", key)


def build(name: str, key: ec.EllipticCurvePrivateKey, issuer: x509.Name) -> x509.CertificateBuilder:
    now = dt.datetime.now(tz=dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
    )


def write(path: Path, made: x509.Certificate | ec.EllipticCurvePrivateKey) -> str:
    pem = serialization.Encoding.PEM
    if isinstance(made, x509.Certificate):
        path.write_bytes(made.public_bytes(pem))
    else:
        plain = serialization.NoEncryption()
        path.write_bytes(made.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return str(path)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
    constraints = x509.BasicConstraints(ca=True, path_length=None)
    certificate = build("authority", key, name).add_extension(constraints, True).sign(key, hashes.SHA256())
    write(tmp_path / "ca.pem", certificate)
    return Authority(tmp_path, key, certificate)


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
