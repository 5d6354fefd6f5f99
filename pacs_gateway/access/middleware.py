"""The gate: every request passes here before any view runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from pacs_gateway.access import policy
from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.principal import Principal, resolve
from pacs_gateway.access.problem import problem
from pacs_gateway.access.rules import Audience, Rule, rule_of_match
from pacs_gateway.audit import ledger
from pacs_gateway.audit.models import Outcome
from pacs_gateway.index.models import Study
from pacs_gateway.prepared import Prepared
from pacs_gateway.refs import InvalidRef, check_uid

STAFF_ROLE = "staff"
_BY_KEY: Prepared[Study] = Prepared(lambda key: Study.objects.filter(key=key).order_by(), str)
_BY_UID: Prepared[Study] = Prepared(
    lambda uid: Study.objects.filter(study_uid=uid).order_by(F("missing_since").asc(nulls_first=True), "pk"), str
)
# No Patient ID has so many characters (PS3.5 6.2).
_NOBODY_S = Study(patient_id="-" * 65, issuer="-")


class GateMiddleware:
    """Refuse what no rule opens; mint the grant for what a rule opens."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.principal = resolve(request)  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        rule = rule_of_match(match) if match else None
        if rule is None:
            raise PermissionDenied("no rule")
        if rule.methods and request.method not in rule.methods:
            return _not_allowed(rule)
        principal: Principal = request.principal  # type: ignore[attr-defined]
        refusal = _refuse(request, rule, principal)
        if refusal is None and rule.audience is Audience.STUDY and request.method not in rule.staff_methods:
            _grant(request, rule, principal, kwargs)
        return refusal


def _not_allowed(rule: Rule) -> HttpResponse:
    if not rule.api:
        return HttpResponseNotAllowed(rule.methods)
    response = problem(405, "This resource cannot be asked in this way.")
    response["Allow"] = ", ".join(rule.methods)
    return response


def _refuse(request: HttpRequest, rule: Rule, principal: Principal) -> HttpResponseBase | None:
    """Return the answer for somebody who is not who the rule asks for, None when they are."""
    if rule.audience is Audience.PUBLIC:
        return None
    if principal.is_anonymous:
        return _ask_to_sign_in(request, rule)
    if principal.needs_step_up:
        return _ask_for_second_factor(rule)
    is_for_staff = rule.audience is Audience.STAFF_ONLY or request.method in rule.staff_methods
    if (is_for_staff and principal.role != STAFF_ROLE) or (
        rule.audience is Audience.SIGNED_IN and not principal.is_user
    ):
        ledger.record(request, principal, outcome=Outcome.DENIED)
        raise Http404
    return None


def _ask_to_sign_in(request: HttpRequest, rule: Rule) -> HttpResponseBase:
    if rule.api:
        response = problem(401, "Sign in or send a bearer token.")
        response["WWW-Authenticate"] = "Bearer"
        return response
    return redirect_to_login(request.get_full_path())


def _ask_for_second_factor(rule: Rule) -> HttpResponse:
    if rule.api:
        return problem(403, "This account must set up a second sign-in step first.")
    return redirect(settings.STEP_UP_URL)


def _studies_in(kwargs: dict[str, Any]) -> list[Study]:
    """Take the study's name out of the URL's arguments and return what goes by it, present ones first.

    A key names one study; a Study UID may be in several PACS, and not everywhere as the same patient's.
    """
    if "key" in kwargs:
        key = kwargs.pop("key")
        # A database may choke on what is no text to it, such as NUL.
        return _BY_KEY.rows(key) if key.isprintable() else []
    try:
        uid = check_uid(kwargs.pop("study_uid"))
    except InvalidRef:
        return []
    return _BY_UID.rows(uid)


def _grant(request: HttpRequest, rule: Rule, principal: Principal, kwargs: dict[str, Any]) -> None:
    """Put the grant in the place of the study's name in `kwargs`, or raise the 404 that tells nothing."""
    studies = _studies_in(kwargs)
    opened = next(((study, grant) for study in studies if (grant := _ask(rule, principal, study))), None)
    if not studies and principal.role != STAFF_ROLE:
        # As much is asked as about somebody else's study, so that the time it takes tells nothing either (R14).
        _ask(rule, principal, _NOBODY_S)
    study = opened[0] if opened else next(iter(studies), None)
    outcome = Outcome.ALLOWED if opened else Outcome.DENIED
    ledger.record(request, principal, study=study, right=rule.right, outcome=outcome)
    if opened is None:
        raise Http404
    kwargs["grant"] = opened[1]


def _ask(rule: Rule, principal: Principal, study: Study) -> StudyGrant | None:
    assert rule.right is not None
    grant = policy.ask(principal, study, rule.right)
    return None if grant and rule.identified and grant.anonymised else grant
