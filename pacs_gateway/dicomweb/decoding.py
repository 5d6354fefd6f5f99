"""Decoded frames, from whoever the setting FRAME_DECODER names: pixels are not decoded on this floor."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.conf import settings
from django.utils.module_loading import import_string

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.refs import FrameRef

Decode = Callable[[StudyGrant, list[FrameRef]], Iterator[bytes]]


class CannotDecode(Exception):
    """A frame that cannot be had in another form than the stored one."""


def decoded(grant: StudyGrant, refs: list[FrameRef]) -> Iterator[bytes]:
    """Yield frames as native little-endian samples, colors as RGB by pixel; raises CannotDecode or PacsError.

    The first frame is made before this returns.
    """
    decode: Decode = import_string(settings.FRAME_DECODER)
    return decode(grant, refs)
