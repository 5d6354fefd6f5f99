"""Opening a link: nothing by looking, the code, the tries, the uses, the cookie."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from pacs_gateway.audit.models import AccessEvent, Outcome
from portal.sharing import limits, links, tasks
from portal.sharing.links import Attempt
from portal.sharing.models import WRONG_PINS_MOST, ShareLink, ShareVisit
from tests.people import PASSWORD, without_tokens
from tests.portal.sharing.conftest import browser, open_link, visitor, wrong

UNKNOWN = "/s/" + "x" * 43 + "/"


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_changes_nothing_counts_nothing_and_starts_no_session(make_link, method):
    made = make_link(max_opens=1)
    before = ShareLink.objects.values().get()
    for _ in range(5):
        response = getattr(Client(), method)(f"/s/{made.token}/")
        assert not {"session", "share"} & set(response.cookies)
    assert ShareLink.objects.values().get() == before
    assert (ShareVisit.objects.count(), Session.objects.count(), AccessEvent.objects.count()) == (0, 0, 0)


def test_landing_page_names_nobody(make_link):
    html = Client().get(f"/s/{make_link().token}/").content.decode()
    assert "Type the code" in html
    for told in ("Jane", "Doe", "Miller", "chest", "1980", "jane@x.example"):
        assert told not in without_tokens(html)


def test_right_code_leads_to_a_clean_address_with_a_narrow_cookie(make_link):
    response = open_link(make_link())
    assert (response.status_code, response["Location"]) == (303, "/scans/")
    cookie = response.cookies["share"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Strict", "/", "")
    assert "session" not in response.cookies
    assert Session.objects.count() == 0


def test_with_https_the_cookie_is_bound_to_the_host(make_link, settings):
    settings.IS_HTTPS = True
    cookie = open_link(make_link()).cookies["__Host-share"]
    assert cookie["secure"] is True


def test_code_may_be_typed_in_groups(make_link):
    made = make_link()
    assert open_link(made, pin=f" {made.pin[:3]} {made.pin[3:]}").status_code == 303


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦"])
def test_what_is_no_code_costs_no_try(make_link, pin):
    made = make_link()
    response = Client().post(f"/s/{made.token}/", {"pin": pin})
    assert response.status_code == 200
    assert "There is a problem" in response.content.decode()
    assert ShareLink.objects.get().wrong_pins == 0


def test_five_wrong_codes_lock_the_link_even_for_the_right_code(make_link):
    made = make_link()
    answers = [open_link(made, pin=wrong(made)) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [403, 403, 403, 403, 410]
    assert "You have 1 more try." in answers[3].content.decode()
    assert ShareLink.objects.get().locked_at is not None
    assert open_link(made).status_code == 410


def test_right_code_forgives_earlier_mistakes(make_link):
    made = make_link()
    for _ in range(3):
        for _ in range(3):
            open_link(made, pin=wrong(made))
        assert open_link(made).status_code == 303


def test_maker_is_told_of_the_lock_without_identity(make_link, settings, monkeypatch):
    made, told = make_link(), []
    monkeypatch.setattr(tasks.mail_locked, "apply_async", lambda args, **_more: told.append(args))
    for _ in range(6):
        open_link(made, pin=wrong(made))
    assert told == [(made.link.pk,)]
    tasks.mail_locked(made.link.pk)
    message = mail.outbox[0]
    assert message.to == ["jane@x.example"]
    text = message.subject + str(message.body)
    assert settings.SITE_URL + "/shares/" in text
    for secret in ("Jane", "Doe", "Miller", "CT", "chest", made.token, made.pin):
        assert secret not in text


def test_lock_holds_when_the_maker_cannot_be_told(make_link, monkeypatch):
    def fail(*_args, **_more):
        raise OperationalError("broker down")

    monkeypatch.setattr(tasks.mail_locked, "apply_async", fail)
    made = make_link()
    assert [open_link(made, pin=wrong(made)).status_code for _ in range(5)][-1] == 410


def test_uses_are_counted_and_end(make_link):
    made = make_link(max_opens=2)
    assert [open_link(made).status_code for _ in range(3)] == [303, 303, 410]
    link = ShareLink.objects.get()
    assert (link.opens, link.state) == (2, "used up")
    assert link.last_opened_at is not None


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_no_more_uses_than_there_are(make_link):
    made = make_link(max_opens=3)

    def one(_: int) -> Attempt:
        try:
            return links.try_pin(made.link, made.pin)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        attempts = list(pool.map(one, range(12)))
    assert attempts.count(Attempt.OPENED) == ShareLink.objects.get().opens == 3


@pytest.mark.django_db(transaction=True)
def test_many_wrong_codes_at_once_are_compared_five_times(make_link, monkeypatch):
    made, compared = make_link(), []

    def compare_slowly(*pair: str) -> bool:
        compared.append(pair)
        time.sleep(0.5)
        return False

    monkeypatch.setattr(links, "check_password", compare_slowly)

    def one(_: int) -> Attempt:
        try:
            return links.try_pin(made.link, "000000")
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(one, range(12)))
    assert len(compared) == 5
    assert ShareLink.objects.get().locked_at is not None


def _ended(made):
    ShareLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def _stopped(made):
    links.stop(made.link)


def _locked(made):
    ShareLink.objects.update(locked_at=timezone.now())


def _without_a_try_left(made):
    ShareLink.objects.update(wrong_pins=WRONG_PINS_MOST)


@pytest.mark.parametrize("change", [_ended, _stopped, _locked, _without_a_try_left])
def test_a_link_that_is_over_is_410_and_an_unknown_one_404_with_the_same_page(make_link, change):
    made = make_link()
    change(made)
    gone, unknown = Client().get(f"/s/{made.token}/"), Client().get(UNKNOWN)
    assert (gone.status_code, unknown.status_code) == (410, 404)
    assert open_link(made).status_code == 410
    assert _main(gone) == _main(unknown)


def _main(response) -> str:
    html = response.content.decode()
    return html[html.index("<main") : html.index("</main>")]


@pytest.mark.parametrize("path", ["/s/x/", "/s/" + "y" * 5000 + "/", "/s/%00%ff/", "/s/☃/"])
def test_nonsense_is_404(db, path):
    assert Client().get(path).status_code == 404


def test_every_answer_keeps_the_address_secret(make_link):
    made = make_link()
    answers = [
        Client().get(f"/s/{made.token}/"),
        open_link(made, pin=wrong(made)),
        open_link(made),
        Client().get(UNKNOWN),
    ]
    for answer in answers:
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Robots-Tag"] == "noindex"


def test_page_loads_nothing_from_elsewhere(make_link):
    html = Client().get(f"/s/{make_link().token}/").content.decode()
    assert "http://" not in html.replace("http://www.w3.org/", "")
    assert "https://" not in html


def test_form_works_under_the_page_s_own_rule_for_referrers(make_link, settings):
    made, client = make_link(), Client(enforce_csrf_checks=True)
    page = client.get(f"/s/{made.token}/").content.decode()
    assert '<meta name="referrer" content="strict-origin">' in page
    token = client.cookies["csrf"].value
    data = {"pin": made.pin, "csrfmiddlewaretoken": token}
    assert client.post(f"/s/{made.token}/", data, headers={"Origin": "null"}).status_code == 403
    assert client.post(f"/s/{made.token}/", data, headers={"Origin": "http://testserver"}).status_code == 303


def test_trying_tokens_is_slowed_down(make_link):
    made = make_link()
    statuses = [Client().get(f"/s/{number:043}/").status_code for number in range(limits.TRIES_MOST + 2)]
    assert statuses == [404] * limits.TRIES_MOST + [429] * 2
    assert Client().get(f"/s/{made.token}/").status_code == 429
    assert Client(REMOTE_ADDR="203.0.113.9").get(f"/s/{made.token}/").status_code == 200


def test_one_ipv6_household_is_one_network(rf):
    first, second = (rf.get("/", REMOTE_ADDR=f"2001:db8:1:2::{end}") for end in ("1", "ffff"))
    assert limits.network_of(first) == limits.network_of(second) == "2001:db8:1:2::"
    assert limits.network_of(rf.get("/", REMOTE_ADDR="2001:db8:1:3::1")) != limits.network_of(first)


def test_trying_codes_is_slowed_down_too(make_link):
    for _ in range(6):
        made = make_link()
        for _ in range(5):
            open_link(made, pin=wrong(made))
    assert open_link(make_link()).status_code == HTTPStatus.TOO_MANY_REQUESTS


def test_whoever_is_signed_in_is_told_and_signed_out(make_link, stranger):
    made, client = make_link(), browser(stranger)
    page = client.get(f"/s/{made.token}/").content.decode()
    assert "You are signed in as stranger@x.example." in page
    assert client.session.get("_auth_user_id") == str(stranger.pk)
    response = open_link(made, client)
    assert response.status_code == 303
    assert client.session.get("_auth_user_id") is None
    assert client.get("/account/").status_code in (302, 404)
    assert "CT scan of the chest" in client.get("/scans/").content.decode()


def test_signing_in_ends_the_visit(make_link, stranger):
    client = visitor(make_link())
    assert ShareVisit.objects.count() == 1
    answer = client.post(reverse("account_login"), {"login": stranger.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    assert client.session.get("_auth_user_id") == str(stranger.pk)
    assert ShareVisit.objects.count() == 0


def test_ledger_tells_openings_and_wrong_codes(make_link, study):
    made = make_link()
    open_link(made, pin=wrong(made))
    open_link(made)
    events = AccessEvent.objects.filter(action="sharing:open").order_by("pk")
    assert [(one.outcome, one.share_id, one.study_key) for one in events] == [
        (Outcome.DENIED, made.link.pk, study.key),
        (Outcome.ALLOWED, made.link.pk, study.key),
    ]


def test_token_and_code_are_in_no_log_line(make_link, log_lines):
    made = make_link()
    over = make_link()
    links.stop(over.link)
    Client().get(f"/s/{made.token}/")
    open_link(made, pin=wrong(made))
    Client(enforce_csrf_checks=True).post(f"/s/{made.token}/", {"pin": made.pin})
    Client().put(f"/s/{made.token}/")
    open_link(over)
    open_link(made)
    logged = log_lines()
    assert "/s/<str:token>/" in logged
    for secret in (made.token, made.pin, over.token):
        assert secret not in logged
