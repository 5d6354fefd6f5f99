"""Making a link: who may, what it says, what is kept of it."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import timedelta
from urllib.parse import quote, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from pacs_gateway.access.right import Right
from pacs_gateway.audit.models import AccessEvent
from portal.sharing import links, qr, views
from portal.sharing.links import Terms
from portal.sharing.models import ShareLink
from tests.people import PASSWORD, make_study
from tests.portal.sharing.conftest import JANE, OTHER, browser, visitor

FORM = {"recipient": "Dr Miller", "what": ["pictures", "report"], "days": "7", "sheet": "a" * 22}


def _send(client: Client, study, step: str, **changes):
    return client.post(f"/scans/{study.key}/share/", {**FORM, "step": step, **changes})


def _made(html: str) -> tuple[str, str]:
    (url,) = re.findall(r"<textarea[^>]*>([^<]+)</textarea>", html)
    (pin,) = re.findall(r'id="pin">(\d{3} \d{3})<', html)
    return url, pin.replace(" ", "")


def test_from_the_form_over_the_check_page_to_a_link_that_opens(owner, study, settings):
    client = browser(owner)
    assert "Who is it for?" in client.get(f"/scans/{study.key}/share/").content.decode()
    check = _send(client, study, "check").content.decode()
    assert all(
        words in check for words in ("Check before you share", "Jane Doe", "2 January 1980", "Dr Miller", "7 days")
    )
    assert ShareLink.objects.count() == 0
    url, pin = _made(_send(client, study, "create").content.decode())
    assert url.startswith(settings.SITE_URL + "/s/")
    visit = Client()
    assert visit.post(urlsplit(url).path, {"pin": pin}).status_code == 303
    assert "CT scan of the chest" in visit.get("/scans/").content.decode()


def test_only_hashes_are_kept(owner, study):
    url, pin = _made(_send(browser(owner), study, "create").content.decode())
    token = url.rstrip("/").rsplit("/", 1)[1]
    link = ShareLink.objects.get()
    kept = " ".join(str(value) for value in ShareLink.objects.values().get().values())
    assert token not in kept
    assert pin not in kept
    assert link.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert len(base64.urlsafe_b64decode(token + "=")) == 32


def test_pin_and_token_are_new_each_time(make_link):
    made = [make_link() for _ in range(20)]
    assert len({one.token for one in made}) == 20
    assert all(re.fullmatch(r"\d{6}", one.pin) for one in made)
    assert len({one.pin for one in made}) > 15
    assert made[0].token not in repr(made[0])
    assert made[0].pin not in repr(made[0])


def test_expiry_is_required_and_bounded(make_link):
    assert make_link().link.expires_at - timezone.now() == pytest.approx(timedelta(days=7), abs=timedelta(minutes=1))
    for days in (0, 91):
        with pytest.raises(ValueError, match="1 to 90"):
            Terms(recipient="x", days=days)


@pytest.mark.parametrize("days", ["", "0", "8", "91", "-1", "abc"])
def test_form_refuses_other_times(owner, study, days):
    html = _send(browser(owner), study, "create", days=days).content.decode()
    assert "There is a problem" in html
    assert ShareLink.objects.count() == 0


def test_form_says_what_is_missing(owner, study):
    html = _send(browser(owner), study, "check", recipient="", what=[]).content.decode()
    assert "Type who the link is for." in html
    assert "Choose the pictures, the report or both." in html


def test_the_same_form_sent_twice_makes_one_link(owner, study):
    client = browser(owner)
    _send(client, study, "create")
    again = _send(client, study, "create")
    assert (again.status_code, again["Location"]) == (302, "/shares/")
    assert ShareLink.objects.count() == 1
    assert "made already" in client.get("/shares/").content.decode()


def test_going_back_to_change_keeps_what_was_typed(owner, study):
    html = _send(browser(owner), study, "change", recipient="Dr Kim").content.decode()
    assert 'value="Dr Kim"' in html
    assert "There is a problem" not in html


@pytest.mark.parametrize(
    ("form", "rights"),
    [
        ({"what": ["pictures"]}, {Right.VIEW}),
        ({"what": ["report"]}, {Right.REPORT}),
        ({}, {Right.VIEW, Right.REPORT}),
        ({"download": "on"}, {Right.VIEW, Right.REPORT, Right.DOWNLOAD}),
    ],
)
def test_rights_are_those_chosen_and_download_is_off_by_default(owner, study, form, rights):
    _send(browser(owner), study, "create", **form)
    assert ShareLink.objects.get().rights == rights


def test_originals_without_pictures_are_refused(owner, study):
    html = _send(browser(owner), study, "create", what=["report"], download="on").content.decode()
    assert "also gets the pictures" in html
    assert ShareLink.objects.count() == 0


def test_other_scans_are_offered_unticked_and_only_the_same_patient_s(owner, study):
    prior, foreign = make_study(JANE, description="X-RAY HAND", modalities=["CR"]), make_study(OTHER)
    html = browser(owner).get(f"/scans/{study.key}/share/").content.decode()
    assert re.search(rf'name="others" value="{prior.key}"(?![^>]*checked)', html)
    assert foreign.key not in html
    _send(browser(owner), study, "create", others=[prior.key])
    assert set(ShareLink.objects.get().studies.all()) == {study, prior}


def test_another_patient_s_scan_cannot_be_slipped_in(owner, study):
    foreign = make_study(OTHER)
    _send(browser(owner), study, "create", others=[foreign.key])
    assert set(ShareLink.objects.get().studies.all()) == {study}
    make_study(JANE)
    _send(browser(owner), study, "create", others=[foreign.key], sheet="b" * 22)
    assert ShareLink.objects.count() == 1


def test_who_may_share(owner, stranger, physician, staff, study, make_link):
    path = f"/scans/{study.key}/share/"
    assert [browser(user).get(path).status_code for user in (owner, physician, staff)] == [200] * 3
    assert browser(stranger).get(path).status_code == 404
    assert _send(browser(stranger), study, "create").status_code == 404
    assert visitor(make_link()).get(path).status_code == 404
    assert Client().get(path).status_code == 302


def test_staff_may_choose_90_days_and_a_number_of_uses(staff, owner, study):
    _send(browser(staff), study, "create", days="90", max_opens="3")
    assert ShareLink.objects.get().max_opens == 3
    assert "There is a problem" in _send(browser(owner), study, "create", days="90", sheet="b" * 22).content.decode()


def test_making_a_link_is_in_the_ledger(owner, study):
    _send(browser(owner), study, "create")
    event = AccessEvent.objects.get(action="sharing:made")
    assert (event.user_id, event.share_id, event.study_key) == (owner.pk, ShareLink.objects.get().pk, study.key)


def test_no_link_is_made_when_the_ledger_cannot_be_written(owner, study, monkeypatch):
    monkeypatch.setattr(views, "_write", lambda *args: (_ for _ in ()).throw(RuntimeError("ledger")))
    with pytest.raises(RuntimeError):
        _send(browser(owner), study, "create")
    assert ShareLink.objects.count() == 0


def test_a_new_link_needs_a_proof_of_the_last_five_minutes_and_nothing_typed_is_lost(owner, study):
    client = browser(owner)
    session = client.session
    session["session_started_at"] -= 301
    session.save()
    page = f"/scans/{study.key}/share/"
    asked = _send(client, study, "create", recipient="Dr Kept")
    assert asked.status_code == 302
    assert ShareLink.objects.count() == 0
    assert asked["Location"] == f"/accounts/reauthenticate/?next={quote(page, safe='')}"
    proved = client.post(asked["Location"], {"password": PASSWORD, "next": page})
    assert proved["Location"] == page
    assert "Dr Kept" in client.get(page).content.decode()
    assert "Who is it for?" in client.get(page).content.decode(), "it is kept for one look only"
    _made(_send(client, study, "create", recipient="Dr Kept").content.decode())


def test_form_from_elsewhere_is_refused(owner, study):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    assert _send(client, study, "create").status_code == 403
    assert ShareLink.objects.count() == 0


def test_qr_code_holds_the_link(owner, study):
    html = _send(browser(owner), study, "create").content.decode()
    (data,) = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', html)
    url, _pin = _made(html)
    assert qr.data_uri(url).endswith(data)
    assert base64.b64decode(data).startswith(b"<?xml")


def test_text_of_people_stays_text(owner, study):
    html = _send(browser(owner), study, "check", recipient="<script>alert(1)</script>").content.decode()
    assert "<script>alert" not in html


def test_find_knows_a_link_only_by_its_whole_token(make_link):
    made = make_link()
    assert links.find(made.token) == made.link
    assert links.find(made.token[:-1]) is None
    assert links.find(made.link.token_hash) is None
