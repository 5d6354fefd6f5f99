"""Look through a folder for DICOM files."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from pydicom.tag import BaseTag

from pacs_gateway.dicomjson import text
from pacs_gateway.errors import PacsIncomplete, PacsUnavailable
from pacs_gateway.refs import InvalidRef, check_uid
from pacs_gateway.upstream.base import DicomJson
from pacs_gateway.upstream.part10 import read_part10
from pacs_gateway.upstream.records import INSTANCE_UID, SERIES_UID, STUDY_UID, study_record
from pacs_gateway.upstream.sanitize import json_of

_STUDY_TAGS = (
    "00080005 00080016 00080018 00080020 00080030 00080050 00080060 00080080 00080090 00081030 "
    "00100010 00100020 00100021 00100030 00100040 0020000D 0020000E 00200010"
)
TAGS: list[BaseTag | int] = [int(tag, 16) for tag in _STUDY_TAGS.split()]
Entry = tuple[int, int]


def walk(root: Path) -> dict[str, Entry]:
    """Return every regular file below `root` with its size and time of change; links are followed, circles are not.

    Raises PacsUnavailable when a folder cannot be read: what is in it must not count as gone.
    """
    found: dict[str, Entry] = {}
    folders, seen = [root], set()
    try:
        while folders:
            folder = folders.pop()
            if (identity := os.path.realpath(folder)) in seen:
                continue
            seen.add(identity)
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir():
                        folders.append(Path(entry.path))
                    elif entry.is_file() and stat.S_ISREG((status := entry.stat()).st_mode):
                        found[os.path.relpath(entry.path, root)] = (status.st_size, status.st_mtime_ns)
    except OSError as error:
        raise PacsUnavailable("a folder cannot be read") from error
    return found


def read_item(path: Path) -> DicomJson | None:
    """Return what the catalog keeps of a file, None when it is no instance of a study (PS3.10)."""
    try:
        with open(path, "rb") as file:
            part10 = read_part10(file, TAGS)
        item = json_of(part10.header, part10.transfer_syntax_uid)
        for tag in (STUDY_UID, SERIES_UID, INSTANCE_UID):
            check_uid(text(item, tag))
        study_record(item)
    except (OSError, PacsIncomplete, InvalidRef):
        return None
    return item
