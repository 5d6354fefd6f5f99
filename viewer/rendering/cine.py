"""Pictures in a row as an animated GIF."""

from __future__ import annotations

import io

from PIL import Image

FRAMES_MOST = 200


def read_png(picture: bytes) -> Image.Image:
    """Return a PNG that was made here."""
    return Image.open(io.BytesIO(picture), formats=("PNG",))


def encode_gif(images: list[Image.Image], milliseconds: float) -> bytes:
    """Return an animated GIF, endless, of pictures of one size, each shown for `milliseconds`."""
    buffer = io.BytesIO()
    # GIF counts in hundredths of a second, and browsers take less than two of them for ten.
    duration = max(round(milliseconds / 10), 2) * 10
    images[0].save(buffer, "GIF", save_all=True, append_images=images[1:], duration=duration, loop=0)
    return buffer.getvalue()
