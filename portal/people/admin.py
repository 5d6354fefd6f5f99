"""People in the admin pages: accounts, and whose records they may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from portal.people.admin_site import PlainPages
from portal.people.models import PatientLink, Referral, User

if TYPE_CHECKING:
    _Table = admin.TabularInline[Any, User]
else:
    _Table = admin.TabularInline


class PlainTable(_Table):
    """Rows inside the page of an account, without scripts: one empty row to add to."""

    extra = 1

    @property
    def media(self) -> forms.Media:
        return forms.Media()


class PatientLinkTable(PlainTable):
    """Whose records a person may see."""

    model = PatientLink


class ReferralTable(PlainTable):
    """Which patients a physician looks after."""

    model = Referral


@admin.register(User)
class UserPages(PlainPages):
    """Accounts. A new one has no password: the person signs in by mailed code and sets one."""

    list_display = ("email", "name", "role", "is_active", "last_login")
    list_filter = ("role", "is_active", "is_staff")
    search_fields = ("email", "name")
    fields = ("email", "name", "role", "is_active", "is_staff", "is_superuser", "last_login", "date_joined")
    inlines = (PatientLinkTable, ReferralTable)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Keep the dates, and the name of an account that exists: people change their own address, with proof."""
        return ("last_login", "date_joined", *(("email",) if obj else ()))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save an account; a new one can only be entered by a mailed code or a reset."""
        if not change:
            obj.email = obj.email.lower()
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Accounts are closed with `active`, so that the ledger keeps meaning something."""
        return False


class TiePages(PlainPages):
    """Ties between accounts and patients."""

    list_display = ("user", "patient_id", "issuer", "created_at")
    search_fields = ("user__email", "user__name", "patient_id")
    raw_id_fields = ("user",)


admin.site.register(PatientLink, TiePages)
admin.site.register(Referral, TiePages)
