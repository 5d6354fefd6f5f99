"""Which representation a caller gets: `Accept` and the `accept` query parameter (PS3.18 8.3.3.1, 8.7.5, 8.7.8.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from django.http import HttpRequest
from rest_framework.request import Request

from pacs_gateway.dicomweb.mediatypes import (
    DICOM,
    JSON,
    MULTIPART,
    XML,
    Malformed,
    MediaRange,
    is_within,
    parse_ranges,
)
from pacs_gateway.dicomweb.offers import Choice, Offer
from pacs_gateway.dicomweb.problems import bad_request, not_acceptable

_DICOM_TYPES = (DICOM, JSON, XML)
_BLANK_WITHIN = re.compile(r"(?<=\w) (?=\w)", re.ASCII)


def choose(request: HttpRequest | Request, offers: Sequence[Offer]) -> Choice:
    """Return the best choice; raises Problem 406 when nothing fits, 400 for a nonsensical `accept` parameter."""
    return acceptable(request, offers)[0]


def acceptable(request: HttpRequest | Request, offers: Sequence[Offer]) -> list[Choice]:
    """Return everything that the caller accepts, best first; the first of `offers` is the default of the resource.

    For resources whose stored transfer syntax decides what can be answered. Raises Problem as `choose` does.
    """
    header = parse_header(request.headers.get("Accept", ""))
    parameter = [one for one in _parameter(request) if not header or _is_compatible(one, header)]
    refused = {offer for offer in offers for one in header if one.quality == 0 and _is_named(offer, one)}
    open_to_all = [offer for offer in offers if offer not in refused]
    ranked = dict.fromkeys([*_ranked(parameter, open_to_all), *_ranked(header, open_to_all)])
    if not ranked:
        raise not_acceptable()
    return list(ranked)


def parse_header(text: str) -> list[MediaRange]:
    """Return the ranges of an `Accept` header; what is malformed in it is ignored (PS3.18 8.7.7)."""
    try:
        return parse_ranges(text, strict=False)
    except Malformed:
        return []


def _parameter(request: HttpRequest | Request) -> list[MediaRange]:
    # No media type holds a blank, but many hold a plus sign, which stands for a blank where nobody wrote %2B.
    texts = [_BLANK_WITHIN.sub("+", text) for text in request.GET.getlist("accept")]
    try:
        found = [one for text in texts for one in parse_ranges(text, strict=True)]
    except Malformed as error:
        raise bad_request("The accept parameter is no list of media types.") from error
    if any("*" in one.name or (one.is_multipart and "*" in one.content) for one in found):
        raise bad_request("The accept parameter must not hold wildcards.")
    if len({one.content in _DICOM_TYPES for one in found}) > 1:
        raise bad_request("The accept parameter mixes DICOM media types with others.")
    return found


def _is_compatible(one: MediaRange, header: Iterable[MediaRange]) -> bool:
    """Tell whether a member of the accept parameter is within a range of the header, as it must be (8.3.3.1)."""
    return any(
        wide.quality > 0 and is_within(one.name, wide.name) and (not wide.is_multipart or _fits(one.content, wide))
        for wide in header
    )


def _fits(name: str, wide: MediaRange) -> bool:
    return is_within(name, wide.content)


def _is_named(offer: Offer, one: MediaRange) -> bool:
    if offer.in_parts:
        return one.is_multipart and is_within(offer.name, one.content)
    return one.name in (offer.name, *offer.others)


def _ranked(ranges: list[MediaRange], offers: Sequence[Offer]) -> Iterator[Choice]:
    """Yield choices by quality; at the same quality what is named comes before wildcards (8.7.8.1, steps 2 to 4)."""
    for one in sorted(ranges, key=lambda one: (-one.quality, one.is_wildcard)):
        if one.quality == 0:
            continue
        for offer in offers:
            if one.is_wildcard and is_within(MULTIPART if offer.in_parts else offer.name, one.name):
                yield Choice(offer)
            elif _is_named(offer, one) and _has_syntax(offer, one):
                yield Choice(offer, one.transfer_syntax)


def _has_syntax(offer: Offer, one: MediaRange) -> bool:
    return not one.transfer_syntax or not offer.syntaxes or one.transfer_syntax in offer.syntaxes
