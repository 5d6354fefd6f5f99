"""Every route of the site x everybody who may knock, generated from the URL resolver.

A route that is added and not declared here by its rule's kind fails: nothing is tested by a list kept by hand.
"""

from __future__ import annotations

import re
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from pacs_gateway.access.checks import check_every_route_has_a_rule
from pacs_gateway.access.routes import Route, all_routes
from pacs_gateway.access.rules import Audience, Rule
from pacs_gateway.audit.models import AccessEvent, Outcome
from tests.cast import Cast, make_cast
from viewer import asking

VALUES = {"series": "0123456789abcdef", "number": "1", "kind": "gif", "token": "t" * 43, "pk": "1", "share_id": "1"}
UNKNOWN_KEY = "k" * 24
UNKNOWN_UID = "2.25.999"
OURS = [route for route in all_routes() if not route.text.startswith(("accounts/", "admin/", "i18n/"))]
THEIRS = [route for route in all_routes() if route.text.startswith(("accounts/", "admin/", "i18n/"))]


def _path(route: Route, key: str = "") -> str:
    """Return an address that the route's pattern matches; `key` is what names the study in it."""
    text = route.text
    for name in route.names:
        unknown = {"key": UNKNOWN_KEY, "study_uid": UNKNOWN_UID}
        value = (key or unknown[name]) if name in unknown else VALUES.get(name, "1")
        for converter in ("str:", "slug:", "int:", "uuid:", ""):
            text = text.replace(f"<{converter}{name}>", value)
    return "/" + text


def _method(rule: Rule) -> str:
    return rule.methods[0].lower() if rule.methods else "get"


def _call(client: Client, route: Route, key: str = "") -> int:
    assert route.rule is not None
    return int(getattr(client, _method(route.rule))(_path(route, key)).status_code)


def _body(client: Client, route: Route, key: str = "") -> bytes:
    """Return the body of the answer without what the caller knows or is random: the key and masked CSRF tokens."""
    assert route.rule is not None
    body: bytes = getattr(client, _method(route.rule))(_path(route, key)).content
    known = "|".join(re.escape(name) for name in (key, UNKNOWN_KEY, UNKNOWN_UID) if name)
    return re.sub(rf'name="csrfmiddlewaretoken" value="\w+"|{known}'.encode(), b"", body)


def _named(route: Route, cast: Cast) -> str:
    """Return what names the study of the cast in this route."""
    return cast.study.study_uid if "study_uid" in route.names else cast.study.key


def _of(audience: Audience) -> list[Route]:
    return [route for route in OURS if route.rule and route.rule.audience is audience]


def _id(route: Route) -> str:
    return route.text or "home"


def _asked(client: Client, route: Route, key: str = "") -> list[str]:
    """Return what the database was asked meanwhile, without the values."""
    with CaptureQueriesContext(connection) as asked:
        _call(client, route, key)
    return [re.sub(r"'[^']*'|\b\d+\b", "?", one["sql"]) for one in asked.captured_queries]


@pytest.fixture
def cast(db: None, monkeypatch: pytest.MonkeyPatch) -> Cast:
    # No worker runs here: views that ask one need not wait for it as long as people do.
    monkeypatch.setattr(asking, "SECONDS", 0.05)
    return make_cast()


def test_every_route_has_a_rule() -> None:
    assert check_every_route_has_a_rule(None) == []
    assert [route.text for route in all_routes() if route.rule is None] == []


def test_there_is_something_to_guard() -> None:
    assert len(_of(Audience.STUDY)) >= 6
    assert _of(Audience.STAFF_ONLY)


@pytest.mark.parametrize("route", _of(Audience.STUDY), ids=_id)
class TestStudyRoutes:
    """A study's routes answer alike for what is not there and for what is not yours."""

    def test_anonymous_must_sign_in_whether_it_exists_or_not(self, cast: Cast, route: Route) -> None:
        assert route.rule
        expected = HTTPStatus.UNAUTHORIZED if route.rule.api else HTTPStatus.FOUND
        assert _call(Client(), route, _named(route, cast)) == expected
        assert _call(Client(), route) == expected

    @pytest.mark.parametrize("who", ["stranger", "other_physician", "other_visitor"])
    def test_somebody_else_gets_the_404_of_nothing(self, cast: Cast, route: Route, who: str) -> None:
        client = cast.client(who)
        assert _call(client, route, _named(route, cast)) == HTTPStatus.NOT_FOUND
        assert _call(client, route) == HTTPStatus.NOT_FOUND
        assert _body(client, route, _named(route, cast)) == _body(client, route)

    @pytest.mark.parametrize("who", ["stranger", "other_physician", "other_visitor"])
    def test_somebody_else_s_study_costs_what_nothing_costs(self, cast: Cast, route: Route, who: str) -> None:
        client = cast.client(who)
        # What is written anew once, such as a session's last use, is written now.
        _call(client, route)
        of_theirs = _asked(client, route, _named(route, cast))
        assert of_theirs == _asked(client, route)
        assert any("AccessEvent" in sql or "accessevent" in sql for sql in of_theirs)

    @pytest.mark.parametrize("key", ["%00", "%0a", "a%20b", "%f0%9f%98%80", "x" * 2000])
    def test_nonsense_for_a_key_is_the_404_of_nothing(self, cast: Cast, route: Route, key: str) -> None:
        assert _call(cast.client("owner"), route, key) == HTTPStatus.NOT_FOUND

    def test_a_refusal_is_in_the_ledger(self, cast: Cast, route: Route) -> None:
        _call(cast.client("stranger"), route, _named(route, cast))
        event = AccessEvent.objects.get(study_key=cast.study.key)
        assert (event.outcome, event.user_id) == (Outcome.DENIED, cast.stranger.pk)

    @pytest.mark.parametrize("who", ["owner", "physician", "staff"])
    def test_the_gate_opens_for_those_it_is_for(self, cast: Cast, route: Route, who: str) -> None:
        client = cast.client(who)
        client.raise_request_exception = False
        _call(client, route, _named(route, cast))
        event = AccessEvent.objects.filter(study_key=cast.study.key).order_by("pk").first()
        assert event is not None
        assert event.outcome == Outcome.ALLOWED

    def test_a_visitor_has_the_rights_of_the_link_only(self, cast: Cast, route: Route) -> None:
        client = cast.client("visitor")
        client.raise_request_exception = False
        AccessEvent.objects.all().delete()
        _call(client, route, _named(route, cast))
        event = AccessEvent.objects.filter(study_key=cast.study.key, share_id__isnull=False).order_by("pk").first()
        assert event is not None
        assert route.rule
        assert event.outcome == (Outcome.ALLOWED if route.rule.right in cast.link_rights else Outcome.DENIED)


@pytest.mark.parametrize("route", _of(Audience.STAFF_ONLY), ids=_id)
class TestStaffRoutes:
    """Staff pages are not there for anybody else."""

    def test_anonymous_must_sign_in(self, cast: Cast, route: Route) -> None:
        assert _call(Client(), route) in (HTTPStatus.FOUND, HTTPStatus.UNAUTHORIZED)

    @pytest.mark.parametrize("who", ["owner", "physician", "visitor"])
    def test_others_get_404(self, cast: Cast, route: Route, who: str) -> None:
        assert _call(cast.client(who), route) == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("route", _of(Audience.SIGNED_IN), ids=_id)
class TestSignedInRoutes:
    """Pages of an account need an account: an opened share link is none."""

    def test_anonymous_must_sign_in(self, cast: Cast, route: Route) -> None:
        assert _call(Client(), route) in (HTTPStatus.FOUND, HTTPStatus.UNAUTHORIZED)

    def test_a_visitor_gets_404(self, cast: Cast, route: Route) -> None:
        assert _call(cast.client("visitor"), route) == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("route", OURS, ids=_id)
def test_only_listed_methods_answer(cast: Cast, route: Route) -> None:
    assert route.rule
    assert route.rule.methods, f"{route.text} lists no methods"
    client = cast.client("staff")
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - set(route.rule.methods):
        assert client.generic(method, _path(route)).status_code == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.mark.parametrize("route", THEIRS, ids=_id)
def test_third_party_routes_follow_their_prefix(cast: Cast, route: Route) -> None:
    assert route.rule
    expected = Audience.STAFF_ONLY if route.text.startswith("admin/") else Audience.PUBLIC
    assert route.rule.audience is expected


def test_a_view_without_a_rule_is_refused_and_fails_the_check(cast: Cast) -> None:
    with override_settings(ROOT_URLCONF="tests.pacs_gateway.access.urls_without_rules"):
        assert {problem.id for problem in check_every_route_has_a_rule(None)} == {"access.E001", "access.E002"}
        assert cast.client("staff").get("/bare/").status_code == HTTPStatus.FORBIDDEN
