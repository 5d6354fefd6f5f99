"""The ledger of every access and denial."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    """How an attempt ended."""

    ALLOWED = "allowed", _("allowed")
    DENIED = "denied", _("refused")
    FAILED = "failed", _("stopped: the archive sent something else")


class AccessEvent(models.Model):
    """One attempt to reach something: who, what, when, from where, and how it ended."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    principal = models.CharField(max_length=64, db_index=True)
    user_id = models.BigIntegerField(null=True, db_index=True)
    share_id = models.BigIntegerField(null=True, db_index=True)
    via = models.CharField(max_length=16)
    action = models.CharField(max_length=64)
    method = models.CharField(max_length=8)
    study_key = models.CharField(max_length=64, blank=True, db_index=True)
    right = models.CharField(max_length=16, blank=True)
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.principal} {self.action} {self.outcome}"
