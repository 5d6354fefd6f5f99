"""allauth's forms in plain words: a label above, a hint, one error per field that says what to do."""

from __future__ import annotations

from typing import Any, NamedTuple

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class Words(NamedTuple):
    """What is said about one field: its label, a hint, and what to do when it was left empty."""

    label: Text
    missing: Text
    hint: Text = ""
    attributes: tuple[tuple[str, str], ...] = ()


def plain(form: Any, *, without: tuple[str, ...] = (), **words: Words) -> Any:
    """Return allauth's form class `form` with our words and without the fields named."""

    class PlainForm(form):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            for name in without:
                self.fields.pop(name, None)
            for name, said in words.items():
                _say(self.fields[name], said)

    PlainForm.__name__ = PlainForm.__qualname__ = form.__name__
    return PlainForm


def _say(field: Any, words: Words) -> None:
    field.label, field.help_text = words.label, words.hint
    field.error_messages = {**field.error_messages, "required": words.missing}
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(words.attributes)


LATIN = (("autocapitalize", "none"), ("spellcheck", "false"))
EMAIL = Words(_("E-mail address"), _("Type your e-mail address."), attributes=LATIN)
PASSWORD = Words(_("Password"), _("Type your password."))
NEW_PASSWORD = Words(
    _("New password"),
    _("Type a new password."),
    _("At least 12 characters. Four words that do not belong together are good. You may paste it."),
)
NUMERIC = (("inputmode", "numeric"), ("autocapitalize", "none"), ("spellcheck", "false"))
MAILED_CODE = Words(_("Code from the e-mail"), _("Type the code from the e-mail."), attributes=NUMERIC)
APP_CODE = Words(_("Code"), _("Type the code."), _("6 digits from your app"), NUMERIC)
ANY_CODE = APP_CODE._replace(hint=_("6 digits from your app, or one of your recovery codes"))
NAME = Words(_("Name of this passkey"), _("Type a name."), _("So that you know it again. Example: my phone"))
NEW_EMAIL = EMAIL._replace(label=_("New e-mail address"), missing=_("Type the new e-mail address."))
CURRENT_PASSWORD = Words(_("Current password"), _("Type your current password."))

Login = plain(
    account.LoginForm, login=EMAIL._replace(attributes=(*LATIN, ("autocomplete", "username"))), password=PASSWORD
)
Signup = plain(account.SignupForm, email=EMAIL, password1=NEW_PASSWORD._replace(label=_("Password")))
RequestLoginCode = plain(account.RequestLoginCodeForm, email=EMAIL)
ConfirmLoginCode = plain(account.ConfirmLoginCodeForm, code=MAILED_CODE)
ConfirmEmailCode = plain(account.ConfirmEmailVerificationCodeForm, code=MAILED_CODE)
ConfirmResetCode = plain(account.ConfirmPasswordResetCodeForm, code=MAILED_CODE)
ResetPassword = plain(account.ResetPasswordForm, email=EMAIL)
ResetPasswordFromKey = plain(account.ResetPasswordKeyForm, without=("password2",), password1=NEW_PASSWORD)
SetPassword = plain(account.SetPasswordForm, without=("password2",), password1=NEW_PASSWORD)
ChangePassword = plain(
    account.ChangePasswordForm, without=("password2",), oldpassword=CURRENT_PASSWORD, password1=NEW_PASSWORD
)
AddEmail = plain(account.AddEmailForm, email=NEW_EMAIL)
ChangeEmail = plain(account.ChangeEmailForm, email=NEW_EMAIL)
Reauthenticate = plain(account.ReauthenticateForm, password=PASSWORD)

Authenticate = plain(mfa.AuthenticateForm, code=ANY_CODE)
ReauthenticateByCode = plain(mfa.ReauthenticateForm, code=ANY_CODE)
ActivateTOTP = plain(ActivateTOTPForm, code=APP_CODE)
AddPasskey = plain(AddWebAuthnForm, name=NAME)
EditPasskey = plain(EditWebAuthnForm, name=NAME)
