"""A certificate authority for one test, and certificates of it for loopback addresses."""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


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
        made = _build(name, key, self.certificate.subject).add_extension(names, False).sign(self.key, hashes.SHA256())
        return _write(self.folder / f"{name}.pem", made), _write(self.folder / f"{name}.key", key)


def _build(name: str, key: ec.EllipticCurvePrivateKey, issuer: x509.Name) -> x509.CertificateBuilder:
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


def _write(path: Path, made: x509.Certificate | ec.EllipticCurvePrivateKey) -> str:
    pem = serialization.Encoding.PEM
    if isinstance(made, x509.Certificate):
        path.write_bytes(made.public_bytes(pem))
    else:
        plain = serialization.NoEncryption()
        path.write_bytes(made.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return str(path)


def make_authority(folder: Path) -> Authority:
    """Return an authority whose certificate is in `folder`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
    constraints = x509.BasicConstraints(ca=True, path_length=None)
    certificate = _build("authority", key, name).add_extension(constraints, True).sign(key, hashes.SHA256())
    _write(folder / "ca.pem", certificate)
    return Authority(folder, key, certificate)
