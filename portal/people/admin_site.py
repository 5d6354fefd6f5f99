"""The admin pages: our own models only, and without scripts.

Django's admin scripts rest on jQuery, which writes HTML from text; the site's trusted-types policy forbids that, so the
pages are served as plain forms. Models of other packages hold secrets (tokens, TOTP keys) and are not shown at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

OUR_FLOORS = ("portal.", "pacs_gateway.", "viewer.")


class ClinicAdminSite(admin.AdminSite):
    """The admin, behind allauth's limits and second step."""

    site_header = site_title = _("Accounts and settings of the clinic")
    index_title = _("Choose what to change")
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register our own models; pass over those of other packages."""
        models = model_or_iterable if isinstance(model_or_iterable, (list, tuple)) else [model_or_iterable]
        ours = [model for model in models if model.__module__.startswith(OUR_FLOORS)]
        super().register(ours, admin_class, **options)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign in as everywhere else on the site."""
        answer: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return answer

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Change the password where everybody does, with the mail that tells about it."""
        return redirect("account_change_password")


if TYPE_CHECKING:
    _Pages = admin.ModelAdmin[Any]
else:
    _Pages = admin.ModelAdmin


class PlainPages(_Pages):
    """Pages of one model, without scripts."""

    @property
    def media(self) -> forms.Media:
        return forms.Media()
