"""The page of one's shares: what it lists for whom, and stopping a link."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from pacs_gateway.audit.models import AccessEvent
from portal.sharing.models import ShareLink
from tests.people import make_study
from tests.portal.sharing.conftest import JANE, OTHER, browser, open_link, visitor


def _list(user, query: str = "") -> str:
    response = browser(user).get(f"/shares/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_patient_sees_every_link_on_their_images_whoever_made_it(owner, physician, staff, make_link):
    for user in (owner, physician, staff):
        make_link(by=user)
    html = _list(owner)
    assert html.count('<article class="card">') == 3
    assert "Made by you" in html
    assert "Made by doctor@x.example" in html


def test_physician_sees_their_own_links_only(owner, physician, make_link):
    make_link(by=owner)
    make_link(by=physician)
    assert _list(physician).count('<article class="card">') == 1


def test_staff_see_their_own_and_on_wish_all(owner, staff, make_link):
    make_link(by=owner)
    make_link(by=staff)
    assert (_list(staff).count('<article class="card">'), _list(staff, "?all").count('<article class="card">')) == (
        1,
        2,
    )


def test_stranger_sees_nothing(stranger, make_link):
    make_link()
    assert "There are no links." in _list(stranger)


def test_patient_with_two_shared_studies_sees_the_link_once(owner, study, make_link):
    make_link(studies=[study, make_study(JANE)])
    assert _list(owner).count('<article class="card">') == 1


def test_list_tells_when_it_was_opened_and_when_it_ends(owner, make_link):
    made = make_link()
    assert "Not opened yet" in _list(owner)
    open_link(made)
    html = _list(owner)
    assert "Opened 1 time" in html
    assert f"Ends on {made.link.expires_at:%-d %B %Y}" in html


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "Open"),
        ({"revoked_at": timezone.now()}, "Stopped"),
        ({"locked_at": timezone.now()}, "Locked after wrong codes"),
        ({"expires_at": timezone.now() - timedelta(days=1)}, "Ended"),
        ({"max_opens": 1, "opens": 1}, "Used up"),
    ],
)
def test_list_tells_the_state(owner, make_link, change, words):
    make_link()
    if change:
        ShareLink.objects.update(**change)
    assert f"</svg> {words}</span>" in _list(owner)


def test_a_link_is_stopped_after_a_question_and_only_by_post(owner, make_link, study):
    made = make_link()
    client, visit = browser(owner), visitor(made)
    assert "Stop this link?" in client.get(f"/shares/{made.link.pk}/stop/").content.decode()
    assert visit.get("/scans/").status_code == 200
    assert client.post(f"/shares/{made.link.pk}/stop/")["Location"] == "/shares/"
    assert visit.get("/scans/").status_code == 302
    assert open_link(made).status_code == 410
    event = AccessEvent.objects.get(action="sharing:stopped")
    assert (event.user_id, event.share_id, event.study_key) == (owner.pk, made.link.pk, study.key)


def test_who_may_stop_which_link(owner, stranger, physician, staff, make_link):
    by_staff = make_link(by=staff).link
    by_owner = make_link(by=owner).link
    for user, link, status in (
        (owner, by_staff, 302),
        (staff, by_owner, 302),
        (stranger, by_owner, 404),
        (physician, by_owner, 404),
    ):
        assert browser(user).post(f"/shares/{link.pk}/stop/").status_code == status, user
    assert ShareLink.objects.filter(revoked_at=None).count() == 0


def test_strangers_and_visitors_stop_nothing(stranger, make_link):
    made = make_link()
    for client in (browser(stranger), visitor(made), Client()):
        assert client.post(f"/shares/{made.link.pk}/stop/").status_code in (302, 404)
    assert ShareLink.objects.get().revoked_at is None


def test_stopping_twice_keeps_the_first_time(owner, make_link):
    made, client = make_link(), browser(owner)
    client.post(f"/shares/{made.link.pk}/stop/")
    first = ShareLink.objects.get().revoked_at
    client.post(f"/shares/{made.link.pk}/stop/")
    assert ShareLink.objects.get().revoked_at == first
    assert AccessEvent.objects.filter(action="sharing:stopped").count() == 1


def test_another_patient_s_link_is_not_listed(stranger, staff, make_link):
    make_link(by=staff, studies=[make_study(OTHER)])
    make_link(by=staff)
    assert _list(stranger).count('<article class="card">') == 1


def test_many_links_come_in_pages(owner, make_link):
    for _ in range(26):
        make_link()
    assert "Page 1 of 2" in _list(owner)
    assert _list(owner, "?page=2").count('<article class="card">') == 1
    assert "Page 2 of 2" in _list(owner, "?page=99")


def test_number_of_questions_does_not_grow_with_the_links(owner, make_link, django_assert_max_num_queries):
    for _ in range(10):
        make_link()
    client = browser(owner)
    with django_assert_max_num_queries(12):
        client.get("/shares/")
