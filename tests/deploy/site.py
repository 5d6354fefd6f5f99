"""deploy/nginx.conf on this machine: other ports, a certificate of its own, nothing else changed."""

from __future__ import annotations

import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
DEPLOY = REPOSITORY / "deploy"


def certificate(folder: Path) -> None:
    """Write key.pem and fullchain.pem, signed by nobody, into `folder`."""
    command = "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=test -days 2 -keyout key.pem -out fullchain.pem"
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)


def local_nginx(folder: Path, web: int, http: int, https: int, access_log: Path) -> str:
    """Return the file with the compose network's names and ports replaced, and the spelling of older releases."""
    config = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for old, new in (
        ("listen 443 ssl;\n        http2 on;", f"listen 127.0.0.1:{https} ssl http2;"),
        ("listen 80;", f"listen 127.0.0.1:{http};"),
        ("web:8000", f"127.0.0.1:{web}"),
        ("/etc/nginx/tls", str(folder)),
        ("/dev/stdout", str(access_log)),
    ):
        assert old in config, old
        config = config.replace(old, new)
    return f"pid {folder}/pid;\n{config}"
