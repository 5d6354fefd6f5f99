"""Where the real DICOM files for tests are: DICOM_TESTDATA, by default beside the checkout."""

import os
from pathlib import Path

import pytest

_REPOSITORY = Path(__file__).resolve().parent.parent
DICOM_TESTDATA = Path(os.environ.get("DICOM_TESTDATA") or _REPOSITORY.parent / "shared" / "dicom")


def dicom_file(name: str) -> Path:
    """Return the path of a file of the shared set; skip by name where the set is absent, fail in CI."""
    path = DICOM_TESTDATA / name
    if path.exists():
        return path
    message = f"DICOM_TESTDATA has no {name}"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
