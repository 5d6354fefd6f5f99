"""Every instance of a study as stored, one after the other, for as long as the reader may have them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pacs_gateway import dicomjson
from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.principal import Principal
from pacs_gateway.access.renewing import renewed
from pacs_gateway.access.right import Right
from pacs_gateway.errors import PacsIncomplete, PacsNotFound
from pacs_gateway.index import serving, sync
from pacs_gateway.refs import InstanceRef
from pacs_gateway.upstream.checked import CheckedPacs
from portal.downloads.archive import File
from portal.downloads.names import Item, name_all

Caller = Callable[[], Principal]
_SERIES_UID, _INSTANCE_UID = "0020000E", "00080018"


def begin(grant: StudyGrant, caller: Caller) -> Iterator[File]:
    """Return the files of the study as (name, open file), the first of them fetched already.

    `caller` tells before each further file who is asking by then: a link may have been stopped, an account closed.
    Whoever takes a file closes it before the next. Raises GrantRefused or PacsError at once for the list and the first
    file, and while iterating for the others; then also Withdrawn, when the policy has changed its answer.
    """
    grant.require(Right.DOWNLOAD)
    return serving.ask(grant, lambda pacs, own: _begin(pacs, own, caller))


def _begin(pacs: CheckedPacs, grant: StudyGrant, caller: Caller) -> Iterator[File]:
    items = _items(pacs, grant)
    first = _fetch(pacs, grant, items[0])
    return _all(pacs, grant, caller, items, [first])


def _items(pacs: CheckedPacs, grant: StudyGrant) -> list[Item]:
    row = sync.sync_study(pacs.name, grant.study.study_uid)
    if row is None:
        raise PacsNotFound("the archive no longer has the study")
    found = pacs.metadata(grant)
    if row.instance_count and row.instance_count != len(found):
        # A study that is still arriving, or one with instances that cannot be named: not the whole either way.
        raise PacsIncomplete("the list of instances is not as long as the archive says")
    refs = [InstanceRef(dicomjson.text(one, _SERIES_UID), dicomjson.text(one, _INSTANCE_UID)) for one in found]
    return name_all(refs)


def _all(pacs: CheckedPacs, grant: StudyGrant, caller: Caller, items: list[Item], first: list[File]) -> Iterator[File]:
    yield first.pop()
    for item in items[1:]:
        grant = renewed(caller(), grant, Right.DOWNLOAD).in_pacs(pacs.name)
        yield _fetch(pacs, grant, item)


def _fetch(pacs: CheckedPacs, grant: StudyGrant, item: Item) -> File:
    try:
        return item.name, pacs.open(grant, item.ref)
    except PacsNotFound as error:
        # It was in the list a moment ago: what is left of the study is not the study.
        raise PacsIncomplete("an instance of the list is gone") from error
