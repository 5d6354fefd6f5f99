"""Files that somebody sent, kept apart until each has been looked at; nothing of them stays afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from rest_framework.request import Request

from pacs_gateway.dicomweb.mediatypes import DICOM
from pacs_gateway.dicomweb.problems import Problem, bad_request
from pacs_gateway.errors import PacsError
from pacs_gateway.upstream.multipart import Part, is_multipart, media_type, read_parts

COUNT_MOST = 1000
INSTANCE_MOST, BYTES_MOST = 1024**3, 4 * 1024**3
_STEP = 64 * 1024


@contextmanager
def received(request: Request) -> Iterator[list[Path]]:
    """Hold the files of a request in a folder that only this process may read, for as long as the `with` block lasts.

    Raises Problem 400, 413 or 415; a request that is cut off leaves nothing behind.
    """
    content_type = request.headers.get("Content-Type", "")
    if not is_multipart(content_type) or media_type(content_type).name not in (DICOM, ""):
        raise Problem(415, "Instances are stored as parts of multipart/related, of type application/dicom.")
    apart = Path(settings.VAR_DIR) / "quarantine"
    apart.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=apart) as folder:
        try:
            files = _write_all(request, content_type, Path(folder))
        except PacsError as error:
            raise bad_request("The request is cut off, or is no multipart message.") from error
        yield files


def _write_all(request: Request, content_type: str, folder: Path) -> list[Path]:
    files: list[Path] = []
    left = BYTES_MOST
    for part in read_parts(request._request.read, content_type):
        if len(files) == COUNT_MOST:
            raise Problem(413, f"No more than {COUNT_MOST} instances can be stored at once.")
        files.append(folder / f"{len(files):04}")
        left -= _write(part, files[-1], min(left, INSTANCE_MOST))
    if not files:
        raise bad_request("There is no instance in the request.")
    return files


def _write(part: Part, path: Path, most: int) -> int:
    if part.media_type.name != DICOM:
        raise Problem(415, "Every part must be of type application/dicom.")
    size = 0
    with path.open("xb") as file:
        for step in part.body:
            size += len(step)
            if size > most:
                raise Problem(413, "The instances are larger than can be stored at once.")
            file.write(step)
    return size
