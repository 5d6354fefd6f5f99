"""What is in a folder of DICOM files: found by walking it, kept in SQLite outside of it, read again only when changed.

Not dicomweb-client's own database: one file whose frames it cannot find ends its whole scan, it reads every file again
at each update, and knows neither the issuer of a Patient ID nor the size of a study.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pacs_gateway.dicomjson import text
from pacs_gateway.errors import PacsUnavailable
from pacs_gateway.refs import InstanceRef
from pacs_gateway.upstream.base import StudyRecord
from pacs_gateway.upstream.records import INSTANCE_UID, SERIES_UID, STUDY_UID, patient_of, study_record
from pacs_gateway.upstream.scan import TAGS, Entry, read_item, walk

Progress = Callable[[int, int], None]
FRESH_SECONDS = 2.0
_BATCH = 200
_LOCK_SECONDS = 4
_SCHEMA = """
CREATE TABLE IF NOT EXISTS file (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime INTEGER NOT NULL,
    study_uid TEXT, series_uid TEXT, instance_uid TEXT, patient_id TEXT, modality TEXT, item TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS file_study ON file (study_uid, series_uid, instance_uid);
CREATE INDEX IF NOT EXISTS file_patient ON file (patient_id);
CREATE TABLE IF NOT EXISTS walk (complete INTEGER NOT NULL, at REAL NOT NULL);
"""
# A bare column beside min() comes from the row that holds the minimum (sqlite.org/lang_select.html, "bare columns").
_STUDIES = """
SELECT min(path), item, group_concat(DISTINCT modality), count(DISTINCT series_uid), count(DISTINCT instance_uid)
FROM file WHERE study_uid IN (SELECT study_uid FROM file WHERE study_uid IS NOT NULL {filter}) GROUP BY study_uid
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a folder holds: DICOM files, and files that were skipped because they are something else."""

    dicom: int
    skipped: int


class Catalog:
    """The files of one folder, by Study, Series and SOP Instance UID. Safe to use from several processes."""

    def __init__(self, root: Path, database_folder: Path) -> None:
        self.root = root
        self._folder = database_folder
        # Where more is kept of each file, all of them are read anew.
        self._name = hashlib.sha256(f"{root}|{TAGS}".encode()).hexdigest()[:16]

    def refresh(self, progress: Progress | None = None, seconds: float | None = None) -> None:
        """Bring the catalog up to date; `progress` is told (files read, files to read).

        After `seconds` it stops and goes on next time. While another process does the same, an older state is used.
        Raises PacsUnavailable when the folder is not there.
        """
        end = None if seconds is None else time.monotonic() + seconds
        with self._connect() as database:
            complete, at = database.execute("SELECT complete, at FROM walk").fetchone() or (0, 0.0)
            if complete and progress is None and 0 <= time.time() - at < FRESH_SECONDS:
                return
            with self._lock(wait=progress is not None) as is_mine:
                if is_mine:
                    self._update(database, progress, end)

    def counts(self) -> Counts:
        """Return how many files there are and how many were skipped."""
        with self._connect() as database:
            dicom, total = database.execute("SELECT count(study_uid), count(*) FROM file").fetchone()
        return Counts(dicom, total - dicom)

    def studies(self, study_uid: str = "", patient_id: str = "") -> list[StudyRecord]:
        """Return the studies, optionally only one, or only those in which a file names that Patient ID."""
        wanted = {"study_uid": study_uid, "patient_id": patient_id}
        terms = "".join(f" AND {name} = :{name}" for name, value in wanted.items() if value)
        with self._connect() as database:
            return [_record(*row[1:]) for row in database.execute(_STUDIES.format(filter=terms), wanted)]

    def paths(self, study_uid: str) -> list[Path]:
        """Return the files of a study, one per instance, in the order of series and instance UIDs."""
        question = (
            "SELECT min(path) FROM file WHERE study_uid = ? GROUP BY series_uid, instance_uid "
            "ORDER BY series_uid, instance_uid"
        )
        with self._connect() as database:
            return [self.root / path for (path,) in database.execute(question, (study_uid,))]

    def located(self, study_uid: str, refs: Iterable[InstanceRef]) -> dict[InstanceRef, Path]:
        """Return the file of each instance that is there, the first by name where several claim to be it."""
        question = "SELECT min(path) FROM file WHERE study_uid = ? AND series_uid = ? AND instance_uid = ?"
        with self._connect() as database:
            asked = [
                (ref, database.execute(question, (study_uid, ref.series_uid, ref.instance_uid)).fetchone()[0])
                for ref in refs
            ]
        return {ref: self.root / path for ref, path in asked if path}

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._folder / f"{self._name}.sqlite3", timeout=_LOCK_SECONDS)) as database:
                if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'walk'").fetchone():
                    database.execute("PRAGMA journal_mode = WAL")
                    database.executescript(_SCHEMA)
                yield database
        except (sqlite3.Error, OSError) as error:
            raise PacsUnavailable("the catalog of a folder cannot be used") from error

    @contextmanager
    def _lock(self, *, wait: bool) -> Iterator[bool]:
        """Yield whether this process may update; the lock goes with the process, even when that is killed."""
        with open(self._folder / f"{self._name}.lock", "w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
            else:
                yield True

    def _update(self, database: sqlite3.Connection, progress: Progress | None, end: float | None) -> None:
        found = walk(self.root)
        known = {path: (size, mtime) for path, size, mtime in database.execute("SELECT path, size, mtime FROM file")}
        if known and not found:
            # Far more often a drive that is not mounted than an archive that was emptied.
            raise PacsUnavailable("a folder that held files is empty")
        changed = sorted(path for path, entry in found.items() if known.get(path) != entry)
        complete = True
        for start in range(0, len(changed), _BATCH):
            if end is not None and time.monotonic() > end:
                complete = False
                break
            rows = [self._row(path, found[path]) for path in changed[start : start + _BATCH]]
            with database:
                database.executemany("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
            if progress:
                progress(min(start + _BATCH, len(changed)), len(changed))
        with database:
            database.executemany("DELETE FROM file WHERE path = ?", [(path,) for path in known.keys() - found.keys()])
            database.execute("DELETE FROM walk")
            database.execute("INSERT INTO walk VALUES (?, ?)", (complete, time.time()))

    def _row(self, path: str, entry: Entry) -> tuple[object, ...]:
        item = read_item(self.root / path)
        if item is None:
            return (path, *entry, None, None, None, None, None, None)
        uids = (text(item, tag) for tag in (STUDY_UID, SERIES_UID, INSTANCE_UID))
        return (path, *entry, *uids, patient_of(item).patient_id, text(item, "00080060"), json.dumps(item))


def _record(item: str, modalities: str | None, series_count: int, instance_count: int) -> StudyRecord:
    facts = json.loads(item)
    facts["00080061"] = {"vr": "CS", "Value": sorted(filter(None, (modalities or "").split(",")))}
    facts["00201206"] = {"vr": "IS", "Value": [series_count]}
    facts["00201208"] = {"vr": "IS", "Value": [instance_count]}
    return study_record(facts)
