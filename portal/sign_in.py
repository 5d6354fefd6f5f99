"""What settings.py takes over for signing in: everything that is the same at every clinic."""

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "studies:list"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "portal.people.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
# With REQUIRE_MFA (see the adapter), a password alone is not enough on a browser that was not trusted before.
ACCOUNT_LOGIN_BY_CODE_REQUIRED = {"password"}
ACCOUNT_LOGIN_BY_CODE_TRUST_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {
    "login": "portal.people.forms.Login",
    "signup": "portal.people.forms.Signup",
    "request_login_code": "portal.people.forms.RequestLoginCode",
    "confirm_login_code": "portal.people.forms.ConfirmLoginCode",
    "confirm_email_verification_code": "portal.people.forms.ConfirmEmailCode",
    "reset_password": "portal.people.forms.ResetPassword",
    "confirm_password_reset_code": "portal.people.forms.ConfirmResetCode",
    "reset_password_from_key": "portal.people.forms.ResetPasswordFromKey",
    "set_password": "portal.people.forms.SetPassword",
    "change_password": "portal.people.forms.ChangePassword",
    "add_email": "portal.people.forms.AddEmail",
    "change_email": "portal.people.forms.ChangeEmail",
    "reauthenticate": "portal.people.forms.Reauthenticate",
}
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8, "dashed": True}
MFA_ADAPTER = "portal.people.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# The codes before and after also count: clocks of phones differ.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "portal.people.forms.Authenticate",
    "reauthenticate": "portal.people.forms.ReauthenticateByCode",
    "activate_totp": "portal.people.forms.ActivateTOTP",
    "add_webauthn": "portal.people.forms.AddPasskey",
    "edit_webauthn": "portal.people.forms.EditPasskey",
}
USERSESSIONS_TRACK_ACTIVITY = False
IDLE_MINUTES = {"staff": 15, "physician": 30, "patient": 30}
SESSION_HOURS = {"staff": 12, "physician": 12, "patient": 24}
SESSION_COOKIE_AGE = 3600 * max(SESSION_HOURS.values())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
