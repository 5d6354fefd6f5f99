"""Share links and the visits through them. Of a token, a PIN or a visitor's cookie only a hash is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from pacs_gateway.access.right import Right
from pacs_gateway.index.models import Study

WRONG_PINS_MOST = 5


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    """Questions about links that several places ask."""

    def standing(self, now: dt.datetime) -> ShareLinkQuerySet:
        """Keep the links that are neither stopped nor locked nor past their end."""
        return self.filter(revoked_at=None, locked_at=None, expires_at__gt=now)

    def to_open(self, now: dt.datetime) -> ShareLinkQuerySet:
        """Keep the standing links that may be opened once more."""
        return self.standing(now).filter(Q(max_opens=None) | Q(opens__lt=F("max_opens")))


class ShareLink(models.Model):
    """One link for one recipient: a fixed list of studies, what may be done with them, and until when.

    `opens_at` is the picture that it opens with: the study's key, "?" and the viewer's query; empty for the list.
    `sheet` names the form it was made with, so that sending the same form twice makes one link.
    """

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    sheet = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="share_links")
    recipient = models.CharField(max_length=100)
    studies = models.ManyToManyField(Study, through="SharedStudy", related_name="share_links")
    with_pictures = models.BooleanField(default=True)
    with_report = models.BooleanField(default=True)
    with_download = models.BooleanField(default=False)
    opens_at = models.CharField(max_length=300, blank=True)
    pin_hash = models.CharField(max_length=128, editable=False)
    wrong_pins = models.PositiveSmallIntegerField(default=0)
    opens = models.PositiveIntegerField(default=0)
    max_opens = models.PositiveIntegerField(null=True, blank=True)
    last_opened_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(db_index=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"share {self.pk}"

    @property
    def rights(self) -> frozenset[Right]:
        """Return what a visitor may do with each study of the link."""
        given: Iterable[tuple[bool, Right]] = (
            (self.with_pictures, Right.VIEW),
            (self.with_report, Right.REPORT),
            (self.with_download and self.with_pictures, Right.DOWNLOAD),
        )
        return frozenset(right for is_given, right in given if is_given)

    def stands_at(self, now: dt.datetime) -> bool:
        """Tell whether the link is neither stopped nor locked nor past its end."""
        return self.revoked_at is None and self.locked_at is None and self.expires_at > now

    @property
    def state(self) -> str:
        """Return "stopped", "locked", "ended", "used up" or "open"."""
        if self.revoked_at is not None:
            return "stopped"
        if self.locked_at is not None or self.wrong_pins >= WRONG_PINS_MOST:
            return "locked"
        if self.expires_at <= timezone.now():
            return "ended"
        return "used up" if self.max_opens is not None and self.opens >= self.max_opens else "open"


class SharedStudy(models.Model):
    """One study in one link."""

    link = models.ForeignKey(ShareLink, on_delete=models.CASCADE)
    study = models.ForeignKey(Study, to_field="key", on_delete=models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link", "study"], name="sharing_study_once_per_link")]

    def __str__(self) -> str:
        return f"{self.link} {self.study_id}"


class ShareVisit(models.Model):
    """One browser that has opened a link, for at most an hour."""

    cookie_hash = models.CharField(max_length=64, unique=True, editable=False)
    link = models.ForeignKey(ShareLink, on_delete=models.CASCADE, related_name="visits")
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"visit {self.pk}"
