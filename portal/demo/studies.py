"""Write the demo's DICOM files into a folder, once for each version of what makes them."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from pathlib import Path

from pydicom import FileDataset

from portal.demo.patients import ALEX, BLAKE
from portal.demo.phantom.anatomy import labels
from portal.demo.phantom.dicom import ct_files, earlier_ct_files, mr_files, report_file, slice_count
from portal.demo.phantom.slide import slide_files
from portal.demo.samples import sample_files

CT_STUDY, MR_STUDY = "CT chest (synthetic)", "MRI chest (synthetic)"
EARLIER_STUDY = "CT chest a year before (synthetic)"
SLIDE_STUDY = "Skin under the microscope (synthetic)"
REPORT = {
    "Request": "Cough for six weeks. Is there anything in the lungs?",
    "Findings": (
        "There is one round spot of 12 mm in the upper lobe of the right lung. The rest of both lungs is clear. The "
        "heart has a normal size. The large blood vessels are normal. The liver, the spleen and both kidneys look "
        "normal. No bone is broken."
    ),
    "Impressions": (
        "One spot of 12 mm in the right lung. A follow-up CT in three months is advised. This report describes "
        "computer-made pictures, not a person."
    ),
}
Progress = Callable[[str], None]


def _files() -> Iterator[FileDataset]:
    earlier, later = (replace(ALEX, date=ALEX.date + timedelta(days=days)) for days in (-364, 21))
    skin = slide_files(replace(BLAKE, date=BLAKE.date - timedelta(days=120)), SLIDE_STUDY)
    report = report_file(ALEX, CT_STUDY, REPORT)
    made = ct_files(ALEX, CT_STUDY), [report], mr_files(later, MR_STUDY), earlier_ct_files(earlier, EARLIER_STUDY)
    return chain(*made, skin, sample_files())


def _version() -> str:
    """Return a name for the code that makes the files, so that a changed maker makes them anew."""
    here = Path(__file__).parent
    sources = [*sorted((here / "phantom").glob("*.py")), here / "samples.py", here / "patients.py", Path(__file__)]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]


def write_studies(folder: Path, progress: Progress) -> bool:
    """Write all files below `folder` if this version is not there yet; return whether anything was written.

    The stamp is written last, so that a run that was cut off is done again.
    """
    stamp, version = folder.with_suffix(".version"), _version()
    if stamp.exists() and stamp.read_text(encoding="ascii") == version:
        return False
    stamp.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    progress("Drawing the demo studies (once, about 15 seconds) ...")
    labels(progress)
    for count, file in enumerate(_files(), start=1):
        place = folder / f"S{str(file.StudyInstanceUID)[-8:]}"
        place.mkdir(exist_ok=True)
        file.save_as(place / f"I{count:04}.dcm", enforce_file_format=True)
        if count % (slice_count() // 4) == 0:
            progress(f"  {count} pictures written")
    stamp.write_text(version, encoding="ascii")
    return True
