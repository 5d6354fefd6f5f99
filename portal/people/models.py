"""Accounts, and which patients' studies belong to whom."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pacs_gateway.refs import PatientRef


class Role(models.TextChoices):
    """Why somebody has an account."""

    PATIENT = "patient", _("Patient")
    PHYSICIAN = "physician", _("Physician")
    STAFF = "staff", _("Clinic staff")


class UserManager(BaseUserManager["User"]):
    """Makes accounts named by e-mail."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make an account; without a password it can only be entered by code, passkey or reset."""
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make a staff account that may use the admin pages."""
        return self.create_user(
            email, password, **{"role": Role.STAFF, "is_staff": True, "is_superuser": True, **fields}
        )


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account, named by e-mail."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=16, choices=Role.choices, default=Role.PATIENT)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may use the admin pages"), default=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    viewer_settings = models.JSONField(default=dict, blank=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.email


class PatientTie(models.Model):
    """Ties an account to a patient as the archive knows them."""

    patient_id = models.CharField(_("Patient ID"), max_length=64)
    issuer = models.CharField(_("Issuer of Patient ID"), max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    @property
    def patient(self) -> PatientRef:
        return PatientRef(self.patient_id, self.issuer)


class PatientLink(PatientTie):
    """A patient's own records, or those of somebody they care for (then `relation` says who)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="patient_links")
    relation = models.CharField(_("relation"), max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "patient_id", "issuer"], name="one_link_per_patient"),
        ]


class Referral(PatientTie):
    """A patient whom a physician looks after, entered by staff."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="referrals")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "patient_id", "issuer"], name="one_referral_per_patient"),
        ]
