"""PDFs made for tests: each page is filled with one color, so that a wrong page is seen at once."""

from __future__ import annotations

import io
from typing import Any

from pydicom.dataset import FileDataset

from tests.synthetic import ct_slice

PDF_STORAGE = "1.2.840.10008.5.1.4.1.1.104.1"
RED, BLUE = (1, 0, 0), (0, 0, 1)
_ENCRYPT = b"<< /Filter /Standard /V 1 /R 2 /P -44 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> >>"


def pdf(*colors: tuple[int, int, int], width: float = 200, height: float = 400, locked: bool = False) -> bytes:
    """Return a PDF with a page of `width` by `height` points for each color."""
    kids = b" ".join(b"%d 0 R" % (3 + 2 * place) for place in range(len(colors)))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(colors))]
    for place, (red, green, blue) in enumerate(colors):
        box = b"[0 0 %g %g]" % (width, height)
        content = b"%d %d %d rg 0 0 %g %g re f" % (red, green, blue, width, height)
        objects.append(b"<< /Type /Page /Parent 2 0 R /MediaBox %s /Contents %d 0 R >>" % (box, 4 + 2 * place))
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    return _written(objects, locked=locked)


def _written(objects: list[bytes], *, locked: bool) -> bytes:
    file, offsets = io.BytesIO(), []
    file.write(b"%PDF-1.4\n")
    if locked:
        objects = [*objects, _ENCRYPT]
    for number, content in enumerate(objects, 1):
        offsets.append(file.tell())
        file.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = file.tell()
    file.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    file.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    more = b" /Encrypt %d 0 R /ID [<00> <00>]" % len(objects) if locked else b""
    file.write(b"trailer\n<< /Size %d /Root 1 0 R%s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, more, start))
    return file.getvalue()


def encapsulated(data: bytes, patient_id: str, study: int, *, number: int = 1, **elements: Any) -> FileDataset:
    """Return an Encapsulated PDF instance in series 90 of a synthetic study."""
    ds = ct_slice(patient_id, study, 90, number, issuer="TEST")
    del ds.PixelData, ds.Rows, ds.Columns
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = PDF_STORAGE
    ds.SeriesDescription, ds.Modality, ds.MIMETypeOfEncapsulatedDocument = "Letter", "DOC", "application/pdf"
    ds.EncapsulatedDocument, ds.EncapsulatedDocumentLength = data + b"\0" * (len(data) % 2), len(data)
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    return ds
