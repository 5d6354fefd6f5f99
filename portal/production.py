"""What a portal in production refuses to start with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

WEAK_WORDS = ("change", "secret", "insecure", "example", "password", "django")
KEY_LENGTH = 50
KEY_VARIETY = 10


@dataclass(frozen=True, slots=True)
class Facts:
    """The settings that decide whether starting is safe. `accepted` holds risks the operator named as accepted."""

    debug: bool
    secret_key: str
    site_url: str
    allowed_hosts: tuple[str, ...]
    database_url: str
    redis_urls: tuple[str, ...]
    pacs_urls: tuple[str, ...]
    accepted: frozenset[str]


def _weak_key(key: str) -> bool:
    return len(key) < KEY_LENGTH or len(set(key)) < KEY_VARIETY or any(word in key.lower() for word in WEAK_WORDS)


def _is_local(url: str) -> bool:
    return urlsplit(url).hostname in ("127.0.0.1", "::1", "localhost")


def refusals(facts: Facts) -> Iterable[str]:
    """Yield one sentence for each reason not to start."""
    if facts.debug:
        yield "DEBUG must be off."
    if _weak_key(facts.secret_key):
        yield "SECRET_KEY is short or guessable: make one with `python manage.py newkey`."
    if not facts.site_url.startswith("https://"):
        yield "SITE_URL must begin with https://."
    if not facts.allowed_hosts or any(host.startswith((".", "*")) for host in facts.allowed_hosts):
        yield "ALLOWED_HOSTS must name each host exactly."
    if not facts.database_url.startswith("postgres") and "sqlite" not in facts.accepted:
        yield "DATABASE_URL must name PostgreSQL (or accept the risk `sqlite`)."
    yield from _plain_connections(facts)


def _plain_connections(facts: Facts) -> Iterable[str]:
    plain_redis = [url for url in facts.redis_urls if url.startswith("redis://") and not _is_local(url)]
    if plain_redis and "plain-redis" not in facts.accepted:
        yield "Redis must be reached by rediss:// or a Unix socket (or accept the risk `plain-redis`)."
    plain_pacs = [url for url in facts.pacs_urls if url.startswith("http://") and not _is_local(url)]
    if plain_pacs and "plain-pacs" not in facts.accepted:
        yield "Each PACS must be reached by https:// (or accept the risk `plain-pacs`)."
