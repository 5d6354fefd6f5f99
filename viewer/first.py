"""The first picture of a study, which is there before anybody opens it.

When the index takes over a study, a worker reads what it holds and renders the picture that its page begins with. Both
are kept longer than what somebody asked for; Redis may forget them, and then they are made when the page is opened.
"""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from kombu.exceptions import OperationalError

from pacs_gateway.access.grant import StudyGrant, mint_for_system
from pacs_gateway.access.right import Right
from pacs_gateway.index.models import Study
from viewer import frames, store
from viewer.manifest import Manifest, SeriesEntry
from viewer.params import FrameParams, sized

log = logging.getLogger(__name__)
KEPT_SECONDS = 3 * 24 * 3600
# Of a large sync only the newest studies are likely to be opened soon.
STUDIES_MOST = 20
_SIZE = 768


def size_of(entry: SeriesEntry) -> int:
    """Return the longest side of the picture that the page begins with."""
    return min(_SIZE, max(entry.rows, entry.columns, 64))


def when_studies_arrive(sender: object, studies: list[Study], **kwargs: Any) -> None:
    """Have the first pictures of the newest of these studies made, when they are in the database."""
    newest = sorted(studies, key=lambda study: str(study.date or ""), reverse=True)[:STUDIES_MOST]
    keys = [study.key for study in newest]
    if keys:
        transaction.on_commit(lambda: _publish(keys))


def _publish(keys: list[str]) -> None:
    from viewer.tasks import prepare_first

    try:
        prepare_first.apply_async(args=(keys,), retry=False)
    except OperationalError as error:
        log.warning("first pictures are not prepared (%s)", type(error).__name__)


def grant_for(study: Study) -> StudyGrant:
    """Return the grant that a study is prepared with: it may look, nothing else."""
    return mint_for_system(study.ref, study.key, study.patient, "prepare", [Right.VIEW], study.edition)


def wanted(grant: StudyGrant, content: Manifest) -> tuple[list[tuple[str, str, int]], FrameParams, str] | None:
    """Return the first picture's frame, parameters and name in the store; None when it is there or there is none."""
    entry = next(iter(content.images), None)
    # A slide is composed of many frames, which nobody may want.
    if entry is None or entry.refusal is not None or entry.pyramid is not None:
        return None
    frame, params = entry.frame(entry.middle_frame), sized(FrameParams(), size_of(entry))
    key = frames.key_of(grant, frame, params)
    if store.get(key) is not None or not store.claim([key]):
        return None
    return [(frame.instance.series_uid, frame.instance.instance_uid, frame.frame_number)], params, key
