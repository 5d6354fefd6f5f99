"""What the form for a new link offers to whom."""

from __future__ import annotations

from django.http import QueryDict
from django.utils.formats import date_format

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.principal import Principal
from pacs_gateway.index.models import Study
from portal.people.cards import Card, card_of
from portal.people.models import Role
from portal.people.policy import visible_studies
from portal.sharing.forms import NewLinkForm

OTHERS_MOST = 20


def other_studies(principal: Principal, study: Study) -> list[Study]:
    """Return the newest other studies of the same patient that the sharer may see."""
    if not study.patient_id:
        return []
    own = visible_studies(principal).filter(patient_id=study.patient_id, issuer=study.issuer)
    return list(own.exclude(pk=study.pk)[:OTHERS_MOST])


def form_for(
    sent: QueryDict | None, principal: Principal, grant: StudyGrant, others: list[Study], picture: str = ""
) -> NewLinkForm:
    """Return the form, filled with what was sent if something was; `picture` is the viewer's query to open with."""
    cards = [card_of(other, anonymised=False) for other in others]
    return NewLinkForm(
        sent,
        grant=grant,
        others=[(card, _in_words(card)) for card in cards],
        for_staff=principal.role == Role.STAFF,
        picture=picture,
    )


def _in_words(card: Card) -> str:
    return f"{card.title}, {date_format(card.date)}" if card.date else card.title
