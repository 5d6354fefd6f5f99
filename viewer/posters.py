"""What stands for a video before it plays: the icon that its file carries, else a tile that says what it is.

A picture out of the stream itself would take a decoder, which is left to the browser.
"""

from __future__ import annotations

import hashlib

from django.utils.translation import gettext as _

from pacs_gateway.access.grant import StudyGrant, sign
from pacs_gateway.access.right import Right
from pacs_gateway.index import serving
from pacs_gateway.refs import FrameRef, InstanceRef
from viewer import asking
from viewer.picture import Picture, of_frame, of_refusal
from viewer.rendering import CODEC_VERSION, CannotRender, Reason
from viewer.rendering.icon import render_icon
from viewer.rendering.tile import render_tile

SIZE = 256


def poster(grant: StudyGrant, ref: InstanceRef) -> bytes:
    """Return a PNG for a video; raises GrantRefused, PacsError or WorkersBusy."""
    from viewer.tasks import draw_icon

    grant.require(Right.VIEW)
    stored = asking.ask(
        draw_icon, key_of(grant, ref), sign(grant), ref.series_uid, ref.instance_uid, caller=grant.principal
    )
    picture = Picture.from_bytes(stored)
    return render_tile(_("Video"), SIZE).data if picture.reason else picture.data


def key_of(grant: StudyGrant, ref: InstanceRef) -> str:
    """Return the name of a video's icon in the store."""
    facts = (grant.study.pacs, grant.study.study_uid, ref.series_uid, ref.instance_uid, grant.cache_class)
    return "icon:" + hashlib.sha256("\x00".join((*facts, CODEC_VERSION)).encode()).hexdigest()


def fetch(grant: StudyGrant, ref: InstanceRef) -> Picture:
    """Return the icon of an instance, or why there is none; raises PacsError."""
    first = FrameRef(ref, 1)
    (found,) = serving.ask_for_many(grant, lambda pacs, own: pacs.frames(own, [first]))
    try:
        return of_frame(render_icon(found.header, grant.watermark))
    except CannotRender:
        return of_refusal(CannotRender(Reason.VIDEO), SIZE)
