"""The text that lies in a download beside the pictures."""

from __future__ import annotations

from django.utils.translation import gettext as _


def readme() -> str:
    """Return README.TXT in the reader's language. It names nobody: the pictures do."""
    paragraphs = [
        _("These are the original pictures of one scan, as the clinic keeps them."),
        _(
            "They are DICOM files, in the folder DICOM. Doctors and hospitals can open them. A computer at home needs "
            "a DICOM viewer for that."
        ),
        _("Each file holds the patient's name and date of birth. Keep them as safe as other health papers."),
        _(
            "MANIFEST.TXT lists every file with its SHA-256 checksum. It is the last file: if it is there, the copy is "
            "complete."
        ),
    ]
    return "\r\n\r\n".join(paragraphs) + "\r\n"
