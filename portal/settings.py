"""One settings file. Everything that differs between sites comes from the environment (deploy/env.example)."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from redis.backoff import NoBackoff
from redis.retry import Retry

from pacs_gateway.dicomweb.cors import parse_origins
from pacs_gateway.upstream.config import parse_pacs, store_target
from portal.api import *  # noqa: F403
from portal.environment import Environment
from portal.production import Facts, refusals
from portal.sign_in import *  # noqa: F403
from portal.version import VERSION
from portal.workers import *  # noqa: F403
from portal.workers import for_celery

LIGHTBOX_VERSION = VERSION
BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

# --- Which kind of run this is -------------------------------------------------------------------------------
MODE = env.text("LIGHTBOX_MODE", "production")
if MODE not in ("production", "demo", "test"):
    raise ImproperlyConfigured("LIGHTBOX_MODE must be production, demo or test.")
DEMO = MODE == "demo"
DEBUG = env.flag("DEBUG")
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var"))).resolve()

# --- Where it stands -----------------------------------------------------------------------------------------
SITE_URL = env.text("SITE_URL", None if MODE == "production" else "http://127.0.0.1:8000").rstrip("/")
IS_HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", urlsplit(SITE_URL).hostname or "")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 0, most=9)
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- The clinic ----------------------------------------------------------------------------------------------
CLINIC_NAME = env.text("CLINIC_NAME", "Lightbox")
CLINIC_PHONE = env.text("CLINIC_PHONE", "")
CLINIC_ACCENT = env.text("CLINIC_ACCENT", "")
CLINIC_LOGO = env.text("CLINIC_LOGO", "")

# --- Secrets -------------------------------------------------------------------------------------------------
SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")

# --- Parts ---------------------------------------------------------------------------------------------------
PACS = parse_pacs(env.text("PACS", "" if MODE == "test" else None), env.variables)
DATABASE_URL = env.text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'lightbox.sqlite3'}")
REDIS_BROKER_URL = env.text("REDIS_BROKER_URL")
REDIS_CACHE_URL = env.text("REDIS_CACHE_URL")

if MODE == "production":
    _facts = Facts(
        debug=DEBUG,
        secret_key=SECRET_KEY,
        site_url=SITE_URL,
        allowed_hosts=tuple(ALLOWED_HOSTS),
        database_url=DATABASE_URL,
        redis_urls=(REDIS_BROKER_URL, REDIS_CACHE_URL),
        pacs_urls=tuple(pacs.url for pacs in PACS.values()),
        accepted=frozenset(env.words("ACCEPTED_RISKS")),
    )
    if _reasons := list(refusals(_facts)):
        raise ImproperlyConfigured("Lightbox does not start: " + " ".join(_reasons))

DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Without IMMEDIATE, concurrent writers lose transactions.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"].setdefault("OPTIONS", {})["connect_timeout"] = 3
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_CACHE_URL,
        "KEY_PREFIX": "lightbox",
        # Found out at once when it is down, and not tried again: a page must not wait for it.
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1, "retry": Retry(NoBackoff(), 0)},
    }
}

# --- Workers -------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = for_celery(REDIS_BROKER_URL)

# --- The gate ------------------------------------------------------------------------------------------------
STUDY_POLICY = "portal.people.policy.decide"
STUDY_SCOPE = "portal.people.policy.visible_studies"
FRAME_DECODER = "viewer.samples.decoded"
PRINCIPAL_RESOLVERS = [
    "portal.people.principals.from_token",
    "portal.people.principals.from_session",
    "portal.sharing.principals.from_share",
]
# Views that are not ours get their rule here, by the beginning of their route.
GATE_ROUTE_RULES = {"accounts/": "public", "admin/": "staff_only", "i18n/": "public"}
# Viewers on other origins that may use /dicomweb/ with a bearer token; none by default.
# The PACS that STOW-RS stores into; nothing is stored unless it is named.
DICOMWEB_STORE = store_target(env.text("DICOMWEB_STORE", ""), PACS)
DICOMWEB_ORIGINS = parse_origins(env.words("DICOMWEB_ORIGINS"))
REQUIRE_MFA = env.flag("REQUIRE_MFA", default=MODE == "production")
STEP_UP_URL = "mfa_index"

# --- Apps ----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "portal.people",
    "portal.studies",
    "portal.sharing",
    "portal.downloads",
    "portal.staff",
    "portal.health",
    *(["portal.demo"] if DEMO else []),
    "viewer",
    "pacs_gateway.access",
    "pacs_gateway.audit",
    "pacs_gateway.index",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "knox",
    "csp",
    "portal.people.admin_app.ClinicAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.headers.HeadersMiddleware",
    "portal.compression.CompressionMiddleware",
    "pacs_gateway.dicomweb.cors.CorsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.outage.OutageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "portal.people.session_limits.SessionLimitsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "pacs_gateway.access.middleware.GateMiddleware",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.site",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Sign-in: what differs between clinics; the rest is in portal/sign_in.py ---------------------------------
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_HTTPS else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
MFA_TOTP_ISSUER = CLINIC_NAME
MFA_TRUST_COOKIE_NAME = "__Host-trusted" if IS_HTTPS else "trusted"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS
REST_KNOX = {
    "TOKEN_TTL": timedelta(days=30),
    "AUTH_HEADER_PREFIX": "Bearer",
    "AUTO_REFRESH": False,
}

# --- Browser -------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "report-uri": ["/policy-report"],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": [NONE],
    }
}
SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "csrf"
LANGUAGE_COOKIE_NAME = "language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Strict"
SECURE_HSTS_SECONDS = 63072000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_SSL_REDIRECT = MODE == "production"
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "portal.failures.csrf_failure"

# --- Words ---------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["portal.formats"]
TIME_ZONE = env.text("TIME_ZONE", "UTC")
USE_TZ = True

# --- Static files, mail, API, log ----------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR_DIR / "files"}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "portal.static_storage.HashedStaticFilesStorage"
    },
}
EMAIL_BACKEND = (
    "django.core.mail.backends.filebased.EmailBackend" if DEMO else "django.core.mail.backends.smtp.EmailBackend"
)
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"no-reply@{urlsplit(SITE_URL).hostname}")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"route": {"()": "portal.log_lines.RouteForPath"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["route"]}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
    # These print URLs and headers, which hold identities, below WARNING.
    "loggers": {
        name: {"level": "WARNING"} for name in ("dicomweb_client", "urllib3", "pydicom", "django.request", "fontTools")
    },
}
