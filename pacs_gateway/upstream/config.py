"""Read from the environment which PACS there are. Imports no Django: the settings call it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pacs_gateway.refs import InvalidRef, check_pacs_name

_CREDENTIALS = ("TOKEN", "USER", "PASSWORD", "CLIENT_CERT", "CLIENT_KEY", "CA", "HOOK_SECRET")
HOOK_SECRET_LEAST = 32
_SCHEMES = ("file", "http", "https")


class InvalidPacsSetting(ValueError):
    """The PACS setting cannot be meant; the text says which entry and why, without secrets."""


@dataclass(frozen=True, slots=True)
class PacsConfig:
    """One PACS: its name, where it is, what to show it at the door, and the secret it signs its messages with."""

    name: str
    scheme: str
    url: str
    token: str = field(default="", repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    client_cert: str = ""
    client_key: str = field(default="", repr=False)
    ca: str = ""
    hook_secret: str = field(default="", repr=False)

    @property
    def is_folder(self) -> bool:
        return self.scheme == "file"

    @property
    def folder(self) -> Path:
        """Return the folder of a `file:` PACS."""
        return Path(unquote(urlsplit(self.url).path))


def parse_pacs(text: str, env: Mapping[str, str]) -> dict[str, PacsConfig]:
    """Return the PACS named in `text` ("main=file:///path other=https://host/dicom-web"), by name.

    Credentials are read from `env` as PACS_<NAME>_TOKEN, _USER, _PASSWORD, _CLIENT_CERT, _CLIENT_KEY, _CA
    and _HOOK_SECRET.
    A space inside a path is written %20. Raises InvalidPacsSetting on what cannot be meant.
    """
    found: dict[str, PacsConfig] = {}
    for word in text.split():
        config = _parse_one(word, env)
        if config.name in found:
            raise InvalidPacsSetting(f"PACS: the name {config.name!r} is used twice.")
        found[config.name] = config
    return found


def _parse_one(word: str, env: Mapping[str, str]) -> PacsConfig:
    name, equals, url = word.partition("=")
    if not equals or not url:
        raise InvalidPacsSetting(f"PACS: {name!r} must be written name=address.")
    try:
        check_pacs_name(name)
    except InvalidRef as error:
        raise InvalidPacsSetting(f"PACS: {error}.") from error
    scheme = _check_address(name, url)
    given = {key.lower(): value for key in _CREDENTIALS if (value := env.get(f"PACS_{name.upper()}_{key}", ""))}
    config = PacsConfig(name=name, scheme=scheme, url=url.rstrip("/") if scheme != "file" else url, **given)
    _check_credentials(config)
    return config


def _check_address(name: str, url: str) -> str:
    """Return the scheme of an address that can be meant; never repeats the address, which may hold a secret."""
    try:
        parts = urlsplit(url)
        has_port = parts.port is not None
    except ValueError:
        raise InvalidPacsSetting(f"PACS {name}: the address is malformed.") from None
    if parts.scheme not in _SCHEMES:
        raise InvalidPacsSetting(f"PACS {name}: the address must begin with file://, http:// or https://.")
    if parts.username or parts.password or "@" in parts.netloc:
        raise InvalidPacsSetting(f"PACS {name}: put the user and password in PACS_{name.upper()}_USER and _PASSWORD.")
    if parts.query or parts.fragment:
        raise InvalidPacsSetting(f"PACS {name}: the address must have no query or fragment.")
    if parts.scheme == "file":
        if parts.hostname not in (None, "localhost") or has_port or not unquote(parts.path).startswith("/"):
            raise InvalidPacsSetting(f"PACS {name}: write a folder as file:///absolute/path.")
    elif not parts.hostname:
        raise InvalidPacsSetting(f"PACS {name}: the address names no host.")
    return parts.scheme


def _check_credentials(config: PacsConfig) -> None:
    where = f"PACS {config.name}:"
    given = (config.token, config.user, config.password, config.client_cert, config.client_key, config.ca)
    if config.is_folder and any(given):
        raise InvalidPacsSetting(f"{where} a folder takes no credentials.")
    if config.token and config.user:
        raise InvalidPacsSetting(f"{where} give a token or a user, not both.")
    if bool(config.user) != bool(config.password):
        raise InvalidPacsSetting(f"{where} a user needs a password, and a password a user.")
    if config.client_key and not config.client_cert:
        raise InvalidPacsSetting(f"{where} a client key needs a client certificate.")
    if config.scheme == "http" and (config.client_cert or config.ca):
        raise InvalidPacsSetting(f"{where} certificates need https://.")
    if any(not character.isprintable() or character == " " for character in config.token):
        raise InvalidPacsSetting(f"{where} the token holds blanks or control characters.")
    if config.hook_secret and len(config.hook_secret) < HOOK_SECRET_LEAST:
        raise InvalidPacsSetting(f"{where} a hook secret has at least {HOOK_SECRET_LEAST} characters.")
    for path in (config.client_cert, config.client_key, config.ca):
        if path and not Path(path).is_file():
            raise InvalidPacsSetting(f"{where} a certificate or key file is missing.")


def store_target(name: str, found: dict[str, PacsConfig]) -> str:
    """Return the name of the PACS that is stored into, "" for none; raises InvalidPacsSetting."""
    if name and (name not in found or found[name].is_folder):
        raise InvalidPacsSetting("DICOMWEB_STORE names one of the PACS, one that is no folder.")
    return name
