"""Say who is asking: a visitor by a link."""

from __future__ import annotations

from django.http import HttpRequest

from pacs_gateway.access.principal import Kind, Principal
from portal.people.policy import visible_studies
from portal.sharing import visits
from portal.sharing.models import ShareLink


def from_share(request: HttpRequest) -> Principal | None:
    """Return the visitor that the cookie stands for; asked of the database anew for each request."""
    visit = visits.find(request)
    if visit is None:
        return None
    link = visit.link
    return Principal(
        kind=Kind.SHARE,
        share_id=link.pk,
        study_keys=_keys(link),
        rights=link.rights,
        expires_at=min(visit.expires_at, link.expires_at).timestamp(),
        via="share",
    )


def _keys(link: ShareLink) -> frozenset[str]:
    """Return the keys of the studies in the link that its maker may still see: nobody gives more than they have."""
    maker = link.created_by
    if not maker.is_active:
        return frozenset()
    theirs = visible_studies(Principal(kind=Kind.USER, user_id=maker.pk, role=maker.role))
    return frozenset(theirs.filter(share_links=link).values_list("key", flat=True))
