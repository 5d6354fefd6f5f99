"""Media types of encoded frames and the transfer syntaxes they stand for (PS3.18 tables 8.7.3-2 and 8.7.3-5)."""

from __future__ import annotations

from pacs_gateway.dicomweb.mediatypes import OCTETS
from pacs_gateway.dicomweb.offers import Choice, Offer

_PREFIX = "1.2.840.10008.1.2"
LITTLE_ENDIAN = f"{_PREFIX}.1"
# Native frames whose bytes are those of Explicit VR Little Endian.
AS_LITTLE_ENDIAN = frozenset({_PREFIX, LITTLE_ENDIAN, f"{_PREFIX}.1.99"})


def _ends(*ends: int) -> frozenset[str]:
    return frozenset(f"{_PREFIX}.4.{end}" for end in ends)


TYPES = {
    "image/jpeg": _ends(50, 51, 57, 70),
    "image/dicom-rle": frozenset({f"{_PREFIX}.5"}),
    "image/jls": _ends(80, 81),
    "image/jp2": _ends(90, 91),
    "image/jpx": _ends(92, 93),
    "image/jphc": _ends(201, 202, 203),
    "image/jxl": _ends(110, 111, 112),
}
# The first is the default. A media type alone, not in parts, answers for a single frame.
OFFERS = tuple(Offer(name, in_parts=in_parts) for in_parts in (True, False) for name in (OCTETS, *TYPES))


def fits(choice: Choice, stored_syntax: str) -> bool:
    """Tell whether frames stored in a transfer syntax can be had as chosen, decoded if need be."""
    if choice.offer.name == OCTETS:
        return choice.transfer_syntax in ("", "*", LITTLE_ENDIAN, stored_syntax)
    return stored_syntax in TYPES[choice.offer.name] and choice.transfer_syntax in ("", "*", stored_syntax)


def must_decode(choice: Choice, stored_syntax: str) -> bool:
    """Tell whether that needs decoding: octets are native unless the stored transfer syntax is asked for."""
    wanted = choice.transfer_syntax or LITTLE_ENDIAN
    return choice.offer.name == OCTETS and wanted == LITTLE_ENDIAN and stored_syntax not in AS_LITTLE_ENDIAN
