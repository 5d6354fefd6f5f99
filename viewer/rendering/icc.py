"""The ICC profile of a color picture (PS3.3 C.11.15), checked before it is handed on."""

from __future__ import annotations

from pydicom import Dataset
from pydicom.sequence import Sequence

from viewer.rendering.once import once

_HEADER_BYTES, _BYTES_MOST = 128, 2 * 1024 * 1024


@once
def profile_of(header: Dataset) -> bytes | None:
    """Return the ICC profile of the image or of its first optical path; None when there is no sound one for RGB."""
    profile, paths = header.get("ICCProfile"), header.get("OpticalPathSequence")
    if profile is None and isinstance(paths, Sequence) and len(paths):
        profile = paths[0].get("ICCProfile")
    if not isinstance(profile, bytes) or not _HEADER_BYTES <= len(profile) <= _BYTES_MOST:
        return None
    length = int.from_bytes(profile[:4], "big")
    is_sound = _HEADER_BYTES <= length <= len(profile) and profile[36:40] == b"acsp" and profile[16:20] == b"RGB "
    return profile[:length] if is_sound else None
