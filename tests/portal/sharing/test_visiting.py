"""A visit: exactly the studies and rights of the link, for an hour, and over at the next request."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from pacs_gateway.access.principal import Kind
from pacs_gateway.access.right import Right
from pacs_gateway.audit.models import AccessEvent
from portal.people.models import PatientLink, Referral
from portal.sharing import links, visits
from portal.sharing.models import ShareLink, ShareVisit
from portal.sharing.principals import from_share
from tests.people import make_study
from tests.portal.sharing.conftest import JANE, browser, open_link, visitor


def _principal(client: Client, rf):
    request = rf.get("/")
    request.COOKIES.update({name: morsel.value for name, morsel in client.cookies.items()})
    return from_share(request)


def _may(client: Client, study, right: str) -> bool:
    path = {"share": f"/scans/{study.key}/share/", "download": f"/scans/{study.key}/download/"}[right]
    return client.get(path).status_code == 200


def test_principal_holds_exactly_what_the_link_says(make_link, study, rf):
    prior = make_study(JANE)
    principal = _principal(visitor(make_link()), rf)
    assert (principal.kind, principal.via, principal.is_user) == (Kind.SHARE, "share", False)
    assert principal.study_keys == {study.key}
    assert prior.key not in principal.study_keys
    assert principal.rights == {Right.VIEW, Right.REPORT}


def test_visit_ends_after_an_hour_or_with_the_link(make_link, rf):
    until = _principal(visitor(make_link()), rf).expires_at
    assert until == pytest.approx((timezone.now() + visits.VISIT).timestamp(), abs=10)
    made = make_link()
    soon = timezone.now() + timedelta(minutes=5)
    ShareLink.objects.filter(pk=made.link.pk).update(expires_at=soon)
    assert _principal(visitor(made), rf).expires_at == pytest.approx(soon.timestamp(), abs=1)


def test_link_opens_the_study_that_is_in_it_and_no_other(make_link, study):
    prior = make_study(JANE)
    client = visitor(make_link(with_download=True))
    assert client.get(f"/scans/{study.key}/download/").status_code == 200
    assert client.get(f"/scans/{prior.key}/download/").status_code == 404
    page = client.get("/scans/").content.decode()
    assert study.key in page
    assert prior.key not in page


def test_study_that_came_later_is_not_in_the_link(make_link):
    client = visitor(make_link())
    later = make_study(JANE)
    assert later.key not in client.get("/scans/").content.decode()
    assert client.get(f"/scans/{later.key}/").status_code == 404


def test_download_only_where_it_was_given_and_sharing_on_never(make_link, study):
    with_it, without = visitor(make_link(with_download=True)), visitor(make_link())
    assert (_may(with_it, study, "download"), _may(without, study, "download")) == (True, False)
    assert not _may(with_it, study, "share")


def test_report_alone_shows_no_pictures(make_link, study):
    client = visitor(make_link(with_pictures=False))
    assert client.get(f"/scans/{study.key}/").status_code == 404
    assert client.get(f"/viewer/{study.key}/").status_code == 404


@pytest.mark.parametrize("path", ["/shares/", "/account/", "/staff/", "/staff/enrol/", "/admin/"])
def test_visitor_has_no_account(make_link, path):
    assert visitor(make_link()).get(path).status_code in (302, 404)


def _end_link(made):
    ShareLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def _end_visit(made):
    ShareVisit.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def _stop(made):
    links.stop(made.link)


def _stop_by_column(made):
    ShareLink.objects.update(revoked_at=timezone.now())


def _lock(made):
    ShareLink.objects.update(locked_at=timezone.now())


@pytest.mark.parametrize("change", [_end_link, _end_visit, _stop, _stop_by_column, _lock])
def test_end_acts_on_the_next_request(make_link, study, change):
    made = make_link(with_download=True)
    client = visitor(made)
    assert _may(client, study, "download")
    change(made)
    assert client.get(f"/scans/{study.key}/download/").status_code == 302
    assert client.get("/scans/").status_code == 302


def _close_account(user):
    user.is_active = False
    user.save()


def _untie(user):
    PatientLink.objects.all().delete()
    Referral.objects.all().delete()


@pytest.mark.parametrize("change", [_close_account, _untie])
@pytest.mark.parametrize("maker", ["owner", "physician"])
def test_link_gives_no_more_than_its_maker_has(make_link, study, request, maker, change):
    user = request.getfixturevalue(maker)
    client = visitor(make_link(by=user, with_download=True))
    assert _may(client, study, "download")
    change(user)
    assert client.get(f"/scans/{study.key}/download/").status_code == 404


def test_link_of_the_clinic_does_not_hang_on_the_patient_s_account(make_link, study, staff, owner):
    client = visitor(make_link(by=staff, with_download=True))
    _untie(owner)
    assert _may(client, study, "download")


def test_made_up_and_stolen_hashes_open_nothing(make_link):
    visitor(make_link())
    for cookie in ("", "x", ShareVisit.objects.get().cookie_hash, "ÿ"):
        client = Client()
        client.cookies["share"] = cookie
        assert client.get("/scans/").status_code == 302


def test_two_links_in_two_browsers_stay_apart(make_link, study):
    other = make_study(JANE)
    first, second = visitor(make_link(with_download=True)), visitor(make_link(studies=[other], with_download=True))
    assert (_may(first, study, "download"), _may(first, other, "download")) == (True, False)
    assert (_may(second, study, "download"), _may(second, other, "download")) == (False, True)


def test_opening_a_second_link_in_one_browser_replaces_the_first(make_link, study):
    other = make_study(JANE)
    client = visitor(make_link(with_download=True))
    open_link(make_link(studies=[other], with_download=True), client)
    assert (_may(client, study, "download"), _may(client, other, "download")) == (False, True)


def test_visitor_is_offered_to_close_and_nobody_else(make_link, owner):
    button = '<form class="notice spread" method="post" action="/shares/close/">'
    assert button in visitor(make_link()).get("/scans/").content.decode()
    assert button not in browser(owner).get("/scans/").content.decode()


def test_closing_ends_the_visit_and_empties_the_browser(make_link):
    client = visitor(make_link())
    stolen = client.cookies["share"].value
    assert client.get("/shares/close/").status_code == 405
    response = client.post("/shares/close/")
    assert (response.status_code, response["Location"]) == (303, "/shares/closed/")
    assert response["Clear-Site-Data"] == '"cache"'
    assert "closed" in client.get("/shares/closed/").content.decode()
    thief = Client()
    thief.cookies["share"] = stolen
    assert thief.get("/scans/").status_code == 302


def test_visits_that_are_over_are_forgotten(make_link):
    made = make_link()
    visitor(made)
    _end_visit(made)
    visitor(made)
    assert ShareVisit.objects.count() == 1


def test_what_a_visitor_reads_is_in_the_ledger_under_the_link(make_link, study):
    made = make_link(with_download=True)
    visitor(made).get(f"/scans/{study.key}/download/")
    event = AccessEvent.objects.get(action="downloads:choose")
    assert (event.principal, event.share_id, event.via) == (f"share:{made.link.pk}", made.link.pk, "share")


def test_signed_in_person_is_themselves_whatever_cookie_they_have(make_link, stranger, study):
    client = visitor(make_link(with_download=True))
    secret = client.cookies["share"].value
    client = browser(stranger)
    client.cookies["share"] = secret
    assert not _may(client, study, "download")
