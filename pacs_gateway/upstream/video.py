"""The stream of a video inside the file it is stored in (PS3.5 8.2.5 to 8.2.9), read in pieces of any range."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from pacs_gateway.errors import PacsDamaged, PacsNotFound
from pacs_gateway.upstream.encapsulated import find_fragments
from pacs_gateway.upstream.part10 import PARSE_ERRORS, Part10
from pacs_gateway.upstream.pixeldata import is_video
from pacs_gateway.upstream.spool import PIECE


class Video:
    """A stream of `length` bytes; nothing but a piece of it is ever in memory. To be closed."""

    def __init__(self, file: BinaryIO, part10: Part10) -> None:
        """Find the stream; raises PacsNotFound when there is no video, PacsDamaged when it is cut off."""
        if not part10.pixel_tag or not is_video(part10.transfer_syntax_uid):
            raise PacsNotFound("no video")
        try:
            self._fragments = find_fragments(part10)
        except PARSE_ERRORS as error:
            raise PacsDamaged("the video is cut off") from error
        self._file, self._body = file, part10.body
        self.transfer_syntax_uid = part10.transfer_syntax_uid
        self.length = sum(fragment.length for fragment in self._fragments)

    def read(self, first: int, end: int) -> Iterator[bytes]:
        """Yield bytes `first` to `end` (not with it) of the stream, at most PIECE at a time."""
        before = 0
        for fragment in self._fragments:
            start, stop = max(first - before, 0), min(end - before, fragment.length)
            before += fragment.length
            for place in range(start, stop, PIECE):
                self._body.seek(fragment.start + place)
                yield self._body.read_exactly(min(PIECE, stop - place))

    def close(self) -> None:
        """Close the file."""
        self._file.close()
