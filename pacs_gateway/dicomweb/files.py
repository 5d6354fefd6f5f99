"""The instances of a resource as stored, one after the other, for as long as the caller may have them."""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from rest_framework.request import Request

from pacs_gateway.access.again import ask_again
from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.renewing import renewed
from pacs_gateway.access.right import Right
from pacs_gateway.errors import PacsBusy, PacsIncomplete, PacsNotFound, PacsUnavailable
from pacs_gateway.index import serving
from pacs_gateway.refs import InstanceRef

log = logging.getLogger(__name__)
ASK_AGAIN_SECONDS = 1.0
Left = dict[InstanceRef, None]


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One instance as an open DICOM file, with the grant it was fetched for, and its transfer syntax where known."""

    ref: InstanceRef
    file: BinaryIO = field(repr=False)
    grant: StudyGrant = field(repr=False)
    transfer_syntax_uid: str = ""


class Permission:
    """The caller's grant, asked for anew every second: a link may be stopped while a study is on its way."""

    def __init__(self, request: Request, grant: StudyGrant) -> None:
        self.grant = grant
        self._request = request._request
        self._asked_at = time.monotonic()

    def ask_again(self) -> None:
        """Raise Withdrawn when the caller may no longer have the study."""
        if time.monotonic() - self._asked_at >= ASK_AGAIN_SECONDS:
            self.grant = renewed(ask_again(self._request), self.grant, Right.DOWNLOAD)
            self._asked_at = time.monotonic()


def fetch(grant: StudyGrant, ref: InstanceRef) -> StoredFile:
    """Return one instance; raises GrantRefused or PacsError."""
    return StoredFile(ref, serving.ask(grant, lambda pacs, own: pacs.open(own, ref)), grant)


def fetch_all(request: Request, grant: StudyGrant, refs: list[InstanceRef]) -> Iterator[StoredFile]:
    """Return the instances in turn, the first of them fetched already, so that its failure is still an HTTP status.

    Before each further one the policy is asked again, though not more often than every second. Raises GrantRefused or
    PacsError; while iterating also Withdrawn.
    """
    permission = Permission(request, grant)
    if len(refs) == 1:
        return iter([fetch(grant, refs[0])])
    left = dict.fromkeys(refs)
    together = _together(permission, left)
    first = next(together, None) or next(_one_by_one(permission, left))
    return itertools.chain([first], _others(permission, together, left))


def _others(permission: Permission, together: Iterator[StoredFile], left: Left) -> Iterator[StoredFile]:
    permission.ask_again()
    for stored in together:
        yield stored
        permission.ask_again()
    try:
        yield from _one_by_one(permission, left)
    except PacsNotFound as error:
        # It was in the list a moment ago: what is left of the study is not the study.
        raise PacsIncomplete("an instance of the list is gone") from error


def _together(permission: Permission, left: Left) -> Iterator[StoredFile]:
    """Yield what the PACS sends in one answer, and take it off the list of what is left."""
    refs = list(left)
    try:
        for one in serving.ask_for_many(permission.grant, lambda pacs, own: pacs.open_all(own, refs)):
            del left[one.ref]
            yield StoredFile(one.ref, one.file, permission.grant, one.transfer_syntax_uid)
    except (PacsUnavailable, PacsNotFound, PacsIncomplete) as error:
        if isinstance(error, PacsBusy):
            raise
        log.warning("the rest of a study is asked for one by one: %s", type(error).__name__)


def _one_by_one(permission: Permission, left: Left) -> Iterator[StoredFile]:
    for ref in list(left):
        stored = fetch(permission.grant, ref)
        del left[ref]
        yield stored
        permission.ask_again()
