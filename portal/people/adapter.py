"""How allauth behaves in this portal: its words, its mails, and which proof it asks for."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import Login
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.people import sealing
from portal.people.models import User

METHOD_WORDS = {
    "reauthenticate": _("Use your password"),
    "mfa_reauthenticate": _("Use a code"),
    "mfa_reauthenticate:webauthn": _("Use your passkey"),
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Words, mails and proofs of the portal's accounts."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed. Please call the clinic."),
        "duplicate_email": _("This is already your e-mail address."),
        "same_as_current": _("This is already your e-mail address."),
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "enter_current_password": _("The current password is not right."),
        "incorrect_password": _("The password is not right."),
        "incorrect_code": _("The code is not right. Check it and type it again."),
        "too_many_login_attempts": _("Too many tries. Please wait a few minutes and then start again."),
        "rate_limited": _("That was too quick. Please wait a minute and try again."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail whose links come from SITE_URL, never from the Host header of the request."""
        ours = {
            "site_url": settings.SITE_URL,
            "clinic_name": settings.CLINIC_NAME,
            "clinic_phone": settings.CLINIC_PHONE,
            "signup_url": settings.SITE_URL + reverse("account_signup"),
            "password_reset_url": settings.SITE_URL + reverse("account_reset_password"),
        }
        super().send_mail(template_prefix, email, {**context, **ours})

    def get_password_change_redirect_url(self, request: Any) -> str:
        """Lead back to the account page."""
        return reverse("people:account")

    def is_login_by_code_required(self, login: Login) -> bool:
        """Ask for a mailed code after a password when the account has no second step of its own."""
        if not settings.REQUIRE_MFA or login.signup or (login.user and is_mfa_enabled(login.user)):
            return False
        return bool(super().is_login_by_code_required(login))

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, Any]]:
        """Return how somebody can prove again who they are; a second step, once set up, is never skipped."""
        methods = super().get_reauthentication_methods(user)
        stronger = [method for method in methods if method["id"].startswith("mfa_")]
        return [{**method, "description": METHOD_WORDS[method["id"]]} for method in stronger or methods]


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets are stored sealed; passkeys belong to the site's own address, whatever Host header a request carries."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "unverified_email": _("Please confirm your e-mail address first."),
    }

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return the relying party as WebAuthn calls it."""
        return {"id": urlsplit(settings.SITE_URL).hostname or "", "name": settings.CLINIC_NAME}

    def generate_authenticator_name(self, user: User, type: str) -> str:
        """Return no name: people type one that they will know again."""
        return ""

    def encrypt(self, text: str) -> str:
        """Return a secret as it is stored."""
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret that was stored."""
        return sealing.unseal(encrypted_text)
