"""Bring the demo's database, files, studies and accounts up to date. Runs inside Django."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.core.management import call_command
from django.utils import timezone

from pacs_gateway import upstream
from pacs_gateway.index.models import Study
from pacs_gateway.index.sync import sync_everything
from pacs_gateway.refs import PatientRef
from portal.demo.accounts import make_accounts, passwords
from portal.demo.studies import write_studies
from portal.version import VERSION

OWN_PATIENTS_MOST = 50
Say = Callable[[str], None]


def prepare(var: Path, say: Say) -> dict[str, str]:
    """Do all that is to be done before the site starts; return the password of each account."""
    call_command("migrate", verbosity=0, interactive=False)
    with ThreadPoolExecutor(1) as pool:
        # Compressing needs no database and most of a processor; the studies are drawn beside it.
        collected = pool.submit(_collect_static, var, say)
        write_studies(var / "demo" / "dicom", say)
    collected.result()
    for name in upstream.names():
        _read_folder(name, say)
    _index()
    known = passwords(var / "demo" / "passwords.json")
    make_accounts(var / "demo", known, _own_patients())
    return known


def _index() -> None:
    """Take over every study of the folders; those of a folder that was shown before are gone."""
    began = timezone.now()
    sync_everything()
    Study.objects.present().filter(synced_at__lt=began).update(missing_since=began)


def _collect_static(var: Path, say: Say) -> None:
    stamp, newest = var / "static" / ".stamp", _newest_static()
    if not stamp.exists() or stamp.read_text(encoding="ascii") != newest:
        say("Compressing scripts, styles and icons (once) ...")
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.write_text(newest, encoding="ascii")


def _newest_static() -> str:
    folder = Path(__file__).resolve().parents[2] / "static"
    return f"{VERSION} {max(path.stat().st_mtime_ns for path in folder.rglob('*'))}"


def _read_folder(name: str, say: Say) -> None:
    """Read what is new in a folder, telling of every tenth of it, and count what is not DICOM."""
    told = 0

    def progress(done: int, of: int) -> None:
        nonlocal told
        if of and done * 10 // of > told:
            told = done * 10 // of
            say(f"  {name}: {done} of {of} files read")

    counts = upstream.prepare(name, progress)
    if counts:
        say(f"Studies folder {name!r}: {counts.dicom} DICOM files, {counts.skipped} other files skipped.")


def _own_patients() -> list[PatientRef]:
    rows = (
        Study.objects.present().filter(pacs="own").exclude(patient_id="").values_list("patient_id", "issuer").distinct()
    )
    return [PatientRef(*row) for row in rows.order_by("patient_id", "issuer")[:OWN_PATIENTS_MOST]]
