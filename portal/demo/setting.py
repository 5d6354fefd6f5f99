"""The environment that the demo runs in: everything below one folder."""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import socket
import tempfile
from pathlib import Path
from urllib.parse import quote

SOCKET_FOLDER_MOST = 80


class CannotStart(RuntimeError):
    """The demo cannot start; the text says why and what to do."""


def check_port(port: int) -> None:
    """Raise CannotStart when something else listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotStart(f"Port {port} is in use. Try another one: make demo PORT={port + 1}") from error


def secret_key(path: Path) -> str:
    """Return the signing key of this installation, made at the first start."""
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii")


def socket_folder(var: Path) -> Path:
    """Return where the sockets go: below `var`, or in a short temporary folder when that path is too long."""
    folder = var / "run"
    if len(os.fsencode(folder)) <= SOCKET_FOLDER_MOST:
        folder.mkdir(exist_ok=True)
        return folder
    short = Path(tempfile.mkdtemp(prefix="lightbox-"))
    atexit.register(shutil.rmtree, short, ignore_errors=True)
    return short


def pacs_setting(var: Path, own: Path | None) -> str:
    """Return the PACS setting: the demo's folder, and the user's own one if there is one."""
    setting = f"main=file://{quote(str(var / 'demo' / 'dicom'))}"
    if own is None:
        return setting
    if not own.is_dir():
        raise CannotStart(f"DICOM={own} is not a folder.")
    return f"{setting} own=file://{quote(str(own.resolve()))}"


def apply(var: Path, port: int, own: Path | None, broker_url: str, cache_url: str) -> None:
    """Set the environment for this process and its children; PACS_… variables are not for the demo."""
    for name in [name for name in os.environ if name.startswith("PACS_")]:
        del os.environ[name]
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "LIGHTBOX_MODE": "demo",
        "VAR_DIR": str(var),
        "SECRET_KEY": secret_key(var / "secret_key"),
        "SITE_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1 localhost",
        "REDIS_BROKER_URL": broker_url,
        "REDIS_CACHE_URL": cache_url,
        "DATABASE_URL": f"sqlite:///{var / 'lightbox.sqlite3'}",
        "PACS": pacs_setting(var, own),
        "LOG_LEVEL": "WARNING",
    }
