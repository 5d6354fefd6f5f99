"""A QR code as a picture that lies in the page itself, so that the link is in no other address."""

from __future__ import annotations

import base64
import io

import qrcode  # type: ignore[import-untyped]
from qrcode.image.svg import SvgPathImage  # type: ignore[import-untyped]


def data_uri(text: str) -> str:
    """Return an SVG of the QR code of `text` as a data: address."""
    buffer = io.BytesIO()
    qrcode.make(text, image_factory=SvgPathImage, border=2).save(buffer)
    return "data:image/svg+xml;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
