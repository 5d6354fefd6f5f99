"""The instances of a resource as stored, one after the other, for as long as the caller may have them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from rest_framework.request import Request

from pacs_gateway.access.again import ask_again
from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.renewing import renewed
from pacs_gateway.access.right import Right
from pacs_gateway.errors import PacsIncomplete, PacsNotFound
from pacs_gateway.index import serving
from pacs_gateway.refs import InstanceRef

Renew = Callable[[], StudyGrant]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One instance as an open DICOM file, with the grant it was fetched for."""

    ref: InstanceRef
    file: BinaryIO = field(repr=False)
    grant: StudyGrant = field(repr=False)


def fetch(grant: StudyGrant, ref: InstanceRef) -> StoredFile:
    """Return one instance; raises GrantRefused or PacsError."""
    return StoredFile(ref, serving.ask(grant, lambda pacs, own: pacs.open(own, ref)), grant)


def fetch_all(request: Request, grant: StudyGrant, refs: list[InstanceRef]) -> Iterator[StoredFile]:
    """Return the instances in turn, the first of them fetched already, so that its failure is still an HTTP status.

    Before each further one the policy is asked again. Raises GrantRefused or PacsError; while iterating also Withdrawn.
    """
    first = fetch(grant, refs[0])
    return itertools.chain([first], _others(request, grant, refs[1:]))


def _others(request: Request, grant: StudyGrant, refs: list[InstanceRef]) -> Iterator[StoredFile]:
    for ref in refs:
        grant = renewed(ask_again(request._request), grant, Right.DOWNLOAD)
        try:
            yield fetch(grant, ref)
        except PacsNotFound as error:
            # It was in the list a moment ago: what is left of the study is not the study.
            raise PacsIncomplete("an instance of the list is gone") from error
