"""The rule every view carries. A rule is data; the middleware acts on it.

@public()                       anybody
@admitted()                     a person with an account, or a visitor with an opened share link
@signed_in()                    a person with an account
@staff_only()                   clinic staff
@study_scoped(Right.VIEW)       whoever the policy lets do that with the study named in the URL
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.urls import ResolverMatch, URLPattern

from pacs_gateway.access.right import Right

_ATTRIBUTE = "gate_rule"
SAFE_METHODS = ("GET", "HEAD")
ANY_METHOD: tuple[str, ...] = ()

View = TypeVar("View", bound=Callable[..., Any])


class Audience(enum.StrEnum):
    """Whom a view is for."""

    PUBLIC = "public"
    ADMITTED = "admitted"
    SIGNED_IN = "signed_in"
    STAFF_ONLY = "staff_only"
    STUDY = "study"


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may call a view, with which methods (empty: the view itself decides), as a page or as an API.

    `identified` says that the view answers with identities, so that a grant without them does not open it;
    `staff_methods` are those of the methods that are for clinic staff alone.
    """

    audience: Audience
    right: Right | None = None
    methods: tuple[str, ...] = SAFE_METHODS
    api: bool = False
    identified: bool = False
    staff_methods: tuple[str, ...] = ()


def attach(rule: Rule) -> Callable[[View], View]:
    """Return a decorator that attaches `rule` to a view."""

    def decorate(view: View) -> View:
        setattr(view, _ATTRIBUTE, rule)
        return view

    return decorate


def public(methods: tuple[str, ...] = SAFE_METHODS, *, api: bool = False) -> Callable[[View], View]:
    """Let anybody call the view."""
    return attach(Rule(Audience.PUBLIC, methods=methods, api=api))


def admitted(
    methods: tuple[str, ...] = SAFE_METHODS, *, api: bool = False, staff_methods: tuple[str, ...] = ()
) -> Callable[[View], View]:
    """Let everybody call the view who has an account or has opened a share link; `staff_methods` only clinic staff."""
    return attach(Rule(Audience.ADMITTED, methods=(*methods, *staff_methods), api=api, staff_methods=staff_methods))


def signed_in(methods: tuple[str, ...] = SAFE_METHODS, *, api: bool = False) -> Callable[[View], View]:
    """Let people with an account call the view."""
    return attach(Rule(Audience.SIGNED_IN, methods=methods, api=api))


def staff_only(methods: tuple[str, ...] = SAFE_METHODS, *, api: bool = False) -> Callable[[View], View]:
    """Let clinic staff call the view."""
    return attach(Rule(Audience.STAFF_ONLY, methods=methods, api=api))


def study_scoped(
    right: Right,
    methods: tuple[str, ...] = SAFE_METHODS,
    *,
    api: bool = False,
    identified: bool = False,
    staff_methods: tuple[str, ...] = (),
) -> Callable[[View], View]:
    """Let those call the view who have `right` on the study in the URL; the view gets `grant` in its place.

    The URL names the study as `<key>`, or as `<study_uid>`, which is looked for among the studies open to the caller.
    `identified` refuses an anonymised grant as if there were no such study. With `staff_methods`, which are for clinic
    staff alone and for studies that need not be there yet, the view gets what the URL says instead.
    """
    return attach(Rule(Audience.STUDY, right, (*methods, *staff_methods), api, identified, staff_methods))


def _by_prefix(route: str) -> Rule | None:
    for prefix, audience in settings.GATE_ROUTE_RULES.items():
        if route.startswith(prefix):
            return Rule(Audience(audience), methods=ANY_METHOD)
    return None


def rule_of(view: Callable[..., Any], route: str) -> Rule | None:
    """Return the rule of a view: its own, or for somebody else's view the one of its route prefix."""
    rule: Rule | None = getattr(view, _ATTRIBUTE, None)
    return rule or _by_prefix(route)


def rule_of_match(match: ResolverMatch) -> Rule | None:
    """Return the rule for a resolved request."""
    return rule_of(match.func, match.route)


def rule_of_pattern(pattern: URLPattern, route: str) -> Rule | None:
    """Return the rule for a pattern of the URL configuration whose whole route is `route`."""
    return rule_of(pattern.callback, route)
