"""The list of studies of whoever asks, a page at a time: one query for the rows and one for their number."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import CharField, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from pacs_gateway.access.principal import Principal
from pacs_gateway.index.models import StudyQuerySet
from portal.people.cards import Card, card_of
from portal.people.models import PatientLink, Role
from portal.people.policy import visible_studies

PAGE_SIZE = 25


@dataclass(slots=True)
class Group:
    """The studies of one person on a page; `name` is empty for the reader's own."""

    name: str
    relation: str
    cards: list[Card] = field(default_factory=list)


def page_of(principal: Principal, number: str | None) -> Page[Any]:
    """Return a page of cards, newest first; a number that makes no sense is the nearest page that does."""
    page: Page[Any] = Paginator(_rows(principal), PAGE_SIZE).get_page(number)
    page.object_list = [
        card_of(row, anonymised=principal.anonymised, relation=getattr(row, "relation", "")) for row in page
    ]
    return page


def groups_of(cards: list[Card]) -> list[Group]:
    """Return the cards by person, the reader's own first, then by who has the newest study."""
    own = Group("", "")
    others: dict[tuple[str, str], Group] = {}
    for card in cards:
        group = (
            others.setdefault((card.patient_id, card.name), Group(card.name, card.relation)) if card.relation else own
        )
        group.cards.append(card)
    return [group for group in (own, *others.values()) if group.cards]


def _rows(principal: Principal) -> StudyQuerySet:
    rows = (
        visible_studies(principal)
        .once()
        .order_by(F("date").desc(nulls_last=True), F("time").desc(nulls_last=True), "-pk")
    )
    if principal.user_id is None or principal.role != Role.PATIENT:
        return rows
    link = PatientLink.objects.filter(
        user_id=principal.user_id, patient_id=OuterRef("patient_id"), issuer=OuterRef("issuer")
    )
    relation = Coalesce(Subquery(link.values("relation")[:1]), Value(""), output_field=CharField())
    return rows.annotate(relation=relation)
