"""`manage.py apitoken`: a token that opens one person's studies and nothing else, for a while, until it is revoked."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from pacs_gateway.refs import PatientRef
from portal.people.models import PatientLink, User
from portal.people.tasks import forget_ended
from tests.people import PASSWORD, make_patient, make_study

JANE, OTHER = PatientRef("P-JANE", "CLINIC"), PatientRef("P-OTHER", "CLINIC")


@pytest.fixture
def jane(db) -> User:
    return make_patient("jane@x.example", JANE)


def _run(*args: str) -> str:
    out = io.StringIO()
    call_command("apitoken", *args, stdout=out, stderr=io.StringIO())
    return out.getvalue().strip()


def _get(token: str, path: str):
    return Client().get(path, headers={"Authorization": f"Bearer {token}"})


def test_token_opens_that_person_s_studies_and_nothing_else(jane):
    own, foreign = make_study(JANE), make_study(OTHER)
    token = _run("jane@x.example")
    assert _get(token, f"/scans/{own.key}/download/").status_code == 200
    assert _get(token, f"/scans/{foreign.key}/download/").status_code == 404
    assert _get(token, "/staff/").status_code == 404
    page = _get(token, "/scans/").content.decode()
    assert own.key in page
    assert foreign.key not in page


def test_token_has_what_the_person_has_at_each_request(jane):
    study, token = make_study(JANE), _run("jane@x.example")
    PatientLink.objects.all().delete()
    assert _get(token, f"/scans/{study.key}/download/").status_code == 404
    User.objects.update(is_active=False)
    assert _get(token, "/scans/").status_code == 302


def test_only_a_hash_is_kept(jane):
    token = _run("jane@x.example")
    row = AuthToken.objects.values().get()
    assert token not in str(row)
    assert row["token_key"] == token[:15]


@pytest.mark.parametrize(("args", "days"), [((), 30), (("--days", "1"), 1), (("--days", "365"), 365)])
def test_token_ends(jane, args, days):
    token = _run("jane@x.example", *args)
    ends = AuthToken.objects.get().expiry
    assert ends - timezone.now() == pytest.approx(timedelta(days=days), abs=timedelta(minutes=1))
    AuthToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    assert _get(token, "/scans/").status_code == 302


def test_the_sweep_takes_what_has_ended_and_leaves_the_rest(jane, client):
    _run("jane@x.example")
    AuthToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    token = _run("jane@x.example")
    client.force_login(jane)
    kept = Session.objects.get()
    Session.objects.create(session_key="ended", session_data="", expire_date=timezone.now() - timedelta(seconds=1))
    forget_ended()
    assert _get(token, "/scans/").status_code == 200
    assert AuthToken.objects.count() == 1
    assert Session.objects.get() == kept


@pytest.mark.parametrize("days", ["0", "366", "-1", "many", "1.5"])
def test_other_times_are_refused(jane, days):
    with pytest.raises((CommandError, SystemExit)):
        _run("jane@x.example", f"--days={days}")
    assert AuthToken.objects.count() == 0


def test_unknown_address_and_closed_account_end_in_one_line(jane):
    with pytest.raises(CommandError, match=r"\AThere is no account with this e-mail address\.\Z") as told:
        _run("nobody@x.example")
    assert told.value.returncode == 1
    User.objects.update(is_active=False)
    with pytest.raises(CommandError, match="closed"):
        _run("jane@x.example")


def test_list_names_tokens_by_their_beginning(jane):
    token = _run("jane@x.example")
    make_patient("other@x.example")
    listed = _run("jane@x.example", "--list")
    assert listed.startswith(token[:15])
    assert token not in listed
    assert _run("other@x.example", "--list") == ""


def test_one_token_or_all_are_revoked(jane):
    first, second, third = (_run("jane@x.example") for _ in range(3))
    _run("jane@x.example", "--revoke", first[:15])
    assert [_get(token, "/scans/").status_code for token in (first, second, third)] == [302, 200, 200]
    _run("jane@x.example", "--revoke", second)
    assert _get(second, "/scans/").status_code == 302
    assert _run("jane@x.example", "--revoke-all") == "Revoked 1 token."
    assert _get(third, "/scans/").status_code == 302


def test_somebody_else_s_token_is_not_revoked(jane):
    make_patient("other@x.example")
    token = _run("jane@x.example")
    for prefix in (token[:15], "", "x" * 15, token[:3]):
        with pytest.raises(CommandError):
            _run("other@x.example", "--revoke", prefix)
    assert _get(token, "/scans/").status_code == 200


def test_a_new_password_ends_the_tokens(jane):
    make_patient("other@x.example")
    token, kept = _run("jane@x.example"), _run("other@x.example")
    client = Client()
    client.force_login(jane)
    new = "four words of nothing"
    answer = client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302
    assert _get(token, "/scans/").status_code == 302
    assert _get(kept, "/scans/").status_code == 200


@pytest.mark.parametrize("header", ["Bearer x", "Bearer a b", "Bearer " + "x" * 200])
def test_bad_token_is_nobody_even_beside_a_session(jane, header):
    client = Client()
    client.force_login(jane)
    assert client.get("/scans/").status_code == 200
    assert client.get("/scans/", headers={"Authorization": header}).status_code == 302


def test_a_token_counts_whole_and_in_its_own_letters(jane):
    token = _run("jane@x.example")
    assert _get(token, "/scans/").status_code == 200
    spoiled = [
        token[:-1],
        token[:-1] + ("a" if token[-1] != "a" else "b"),
        token + "a",
        token[:15],
        token[:15] + "\u00e9",
        "\0" + token,
    ]
    for text in [*spoiled, token[:20].upper() + token[20:]]:
        if text != token:
            assert _get(text, "/scans/").status_code == 302


def test_an_ended_token_opens_nothing(jane):
    token = _run("jane@x.example")
    AuthToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    assert _get(token, "/scans/").status_code == 302
