"""Make, open and stop links, and find those that somebody may stop."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from pacs_gateway.access.principal import Principal
from pacs_gateway.index.models import Study
from portal.people.models import Role, User
from portal.people.policy import visible_studies
from portal.sharing.models import WRONG_PINS_MOST, ShareLink, ShareLinkQuerySet
from portal.sharing.secret_words import hash_of, new_pin, new_token

DAYS_DEFAULT, DAYS_MOST = 7, 90


class Attempt(enum.Enum):
    """How an attempt to open a link ended."""

    OPENED = "opened"
    WRONG_PIN = "wrong PIN"
    LOCKED = "locked by this attempt"
    CLOSED = "not open"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a link gives to whom, and for how long. Raises ValueError for a time that is not 1 to DAYS_MOST days."""

    recipient: str
    days: int = DAYS_DEFAULT
    with_pictures: bool = True
    with_report: bool = True
    with_download: bool = False
    max_opens: int | None = None
    opens_at: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.days <= DAYS_MOST:
            raise ValueError("a link lives from 1 to 90 days")


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link just made. Its token and PIN are nowhere else, and in no text that is logged."""

    link: ShareLink
    token: str = field(repr=False)
    pin: str = field(repr=False)


def make(user: User, studies: Iterable[Study], terms: Terms, sheet: str) -> NewLink:
    """Make a link for the studies; raises IntegrityError when the same sheet has made one already."""
    now, token, pin = timezone.now(), new_token(), new_pin()
    with transaction.atomic():
        link = ShareLink.objects.create(
            token_hash=hash_of(token),
            sheet=sheet,
            created_by=user,
            recipient=terms.recipient,
            with_pictures=terms.with_pictures,
            with_report=terms.with_report,
            with_download=terms.with_download and terms.with_pictures,
            opens_at=terms.opens_at if terms.with_pictures else "",
            pin_hash=make_password(pin),
            max_opens=terms.max_opens,
            created_at=now,
            expires_at=now + dt.timedelta(days=terms.days),
        )
        link.studies.set(studies)
    return NewLink(link, token, pin)


def find(token: str) -> ShareLink | None:
    """Return the link of a token, whatever its state."""
    return ShareLink.objects.filter(token_hash=hash_of(token)).first()


def is_open(link: ShareLink) -> bool:
    """Tell whether the link can be opened now: it stands, and has a use and a try left."""
    return ShareLink.objects.to_open(timezone.now()).filter(pk=link.pk, wrong_pins__lt=WRONG_PINS_MOST).exists()


def try_pin(link: ShareLink, pin: str) -> Attempt:
    """Open the link if the PIN is right.

    A try is taken before the PIN is compared, and a use is counted in the same statement that looks whether there is
    one left; so many attempts at once get no more of either than one after the other.
    """
    ours = ShareLink.objects.filter(pk=link.pk)
    if not ours.to_open(timezone.now()).filter(wrong_pins__lt=WRONG_PINS_MOST).update(wrong_pins=F("wrong_pins") + 1):
        return Attempt.CLOSED
    if check_password(pin, link.pin_hash):
        counted = {"opens": F("opens") + 1, "wrong_pins": 0, "last_opened_at": timezone.now()}
        return Attempt.OPENED if ours.to_open(timezone.now()).update(**counted) else Attempt.CLOSED
    full = ours.filter(wrong_pins__gte=WRONG_PINS_MOST, locked_at=None)
    return Attempt.LOCKED if full.update(locked_at=timezone.now()) else Attempt.WRONG_PIN


def stoppable_by(principal: Principal) -> ShareLinkQuerySet:
    """Return the links that somebody may see and stop: their own, a patient all on their images, staff all."""
    if not principal.is_user:
        return ShareLink.objects.none()
    if principal.role == Role.STAFF:
        return ShareLink.objects.all()
    theirs = Q(created_by=principal.user_id)
    if principal.role == Role.PATIENT:
        theirs |= Q(pk__in=ShareLink.objects.filter(studies__in=visible_studies(principal).order_by()).values("pk"))
    return ShareLink.objects.filter(theirs)


def stop(link: ShareLink) -> bool:
    """Stop a link for good; False when it was stopped already."""
    return bool(ShareLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now()))
