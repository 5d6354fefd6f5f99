"""The tile in place of a picture that cannot be shown, in the words and the language of whoever asks.

Workers draw it once, in English and for patients. It is drawn anew at the edge, so that pictures are kept but once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from django.http import HttpRequest
from django.utils import translation

from pacs_gateway.access.principal import principal_of
from viewer.picture import Picture
from viewer.preferences import FULL_ROLES
from viewer.rendering import Reason, RenderedFrame, render_tile
from viewer.rendering.encode import PNG

Tell = Callable[[Picture], Picture]
_drawn: Callable[[str, int], RenderedFrame] = lru_cache(maxsize=64)(render_tile)


def words_of(request: HttpRequest, reason: str) -> str:
    """Return why something is not shown, for a physician or for everybody else."""
    is_physician = principal_of(request).role in FULL_ROLES
    found = Reason(reason)
    return translation.gettext(found.words_for_physician if is_physician else found.words_for_patient)


def teller(request: HttpRequest) -> Tell:
    """Return what puts a tile into the reader's words, and lets pictures be. A stream may still use it when the
    request is over.
    """
    language = translation.get_language()

    def tell(picture: Picture) -> Picture:
        if not picture.reason or picture.media_type != PNG:
            return picture
        with translation.override(language):
            words = words_of(request, picture.reason)
        return replace(picture, data=_drawn(words, picture.width).data)

    return tell
