"""Pictures in a row as an animated GIF."""

from __future__ import annotations

import io

from PIL import Image

FRAMES_MOST = 200


def encode_gif(pictures: list[bytes], milliseconds: float) -> bytes:
    """Return an animated GIF, endless, of PNG pictures of one size, each shown for `milliseconds`."""
    images = [Image.open(io.BytesIO(picture), formats=("PNG",)) for picture in pictures]
    buffer = io.BytesIO()
    # GIF counts in hundredths of a second, and browsers take less than two of them for ten.
    duration = max(round(milliseconds / 10), 2) * 10
    images[0].save(buffer, "GIF", save_all=True, append_images=images[1:], duration=duration, loop=0)
    return buffer.getvalue()
