"""Bring the index up to date with the PACS from the command line."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pacs_gateway import upstream
from pacs_gateway.errors import PacsUnavailable
from pacs_gateway.index.sync import SyncResult, sync_everything, sync_patient, sync_recent
from pacs_gateway.refs import PatientRef


class Command(BaseCommand):
    """Ask every PACS for its studies, or for those of some days or of one patient."""

    help = "Bring the index up to date with every PACS in the settings."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--days", type=int, help="only studies of today and this many days before")
        which.add_argument("--patient", metavar="ID", help="only the studies of one Patient ID")
        parser.add_argument("--issuer", default="", help="Issuer of Patient ID, with --patient")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["days"] is not None and options["days"] < 0:
            raise CommandError("--days must not be negative.")
        if options["patient"] == "":
            raise CommandError("--patient must not be empty.")
        if not upstream.names():
            raise CommandError("The setting PACS names no PACS.")
        for name in upstream.names():
            self._prepare(name)
        result = _sync(options)
        self.stdout.write(f"{result.stored} studies are up to date, {result.missing} are no longer there.")
        if result.failed:
            raise CommandError(f"Could not be reached: {', '.join(result.failed)}.")

    def _prepare(self, name: str) -> None:
        try:
            counts = upstream.prepare(name, lambda done, of: self.stdout.write(f"{name}: {done} of {of} files read"))
        except PacsUnavailable:
            return  # The sync that follows reports it.
        if counts:
            self.stdout.write(f"{name}: {counts.dicom} DICOM files, {counts.skipped} other files skipped")


def _sync(options: dict[str, Any]) -> SyncResult:
    if options["patient"]:
        return sync_patient(PatientRef(options["patient"], options["issuer"]))
    if options["days"] is not None:
        return sync_recent(options["days"])
    return sync_everything()
