"""Grants: only the gate makes them, and they cross the queue unforged or not at all."""

from __future__ import annotations

import dataclasses
import time

import pytest
from django.core import signing

from pacs_gateway.access import grant as grants
from pacs_gateway.access.grant import Decision, GrantRefused, StudyGrant, mint, sign, verify
from pacs_gateway.access.right import Right
from pacs_gateway.refs import PatientRef, StudyRef

STUDY, PATIENT = StudyRef("main", "1.2.3"), PatientRef("A", "CLINIC")


def _grant(**facts: object) -> StudyGrant:
    decision = Decision(**{"allowed": True, "rights": frozenset({Right.VIEW}), **facts})  # type: ignore[arg-type]
    return mint(STUDY, "key", PATIENT, decision, "user:1", "2.300")


def test_nobody_builds_a_grant_by_hand() -> None:
    with pytest.raises(GrantRefused):
        StudyGrant(STUDY, "key", PATIENT, frozenset(Right), "user:1")


def test_a_grant_cannot_be_widened() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        _grant().rights = frozenset(Right)  # type: ignore[misc]


def test_a_negative_decision_makes_no_grant() -> None:
    with pytest.raises(GrantRefused):
        _grant(allowed=False)


def test_a_grant_crosses_the_queue_whole() -> None:
    grant = _grant(anonymised=True, watermark="copy", expires_at=time.time() + 60)
    assert verify(sign(grant)) == grant


def test_a_changed_grant_is_refused() -> None:
    text = sign(_grant())
    with pytest.raises(GrantRefused):
        verify(text[:10] + ("A" if text[10] != "A" else "B") + text[11:])


def test_a_grant_signed_for_something_else_is_refused() -> None:
    with pytest.raises(GrantRefused):
        verify(signing.dumps({"pacs": "main"}, salt="another"))


def test_an_old_grant_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    text = sign(_grant())
    monkeypatch.setattr(grants, "QUEUE_SECONDS", -1)
    with pytest.raises(GrantRefused):
        verify(text)


def test_an_expired_grant_is_refused() -> None:
    grant = _grant(expires_at=time.time() - 1)
    with pytest.raises(GrantRefused):
        grant.require(Right.VIEW)
    with pytest.raises(GrantRefused):
        verify(sign(grant))


def test_a_grant_gives_only_its_rights() -> None:
    grant = _grant()
    grant.require(Right.VIEW)
    assert not grant.allows(Right.DOWNLOAD)


def test_identified_and_anonymised_pictures_are_kept_apart() -> None:
    assert len({_grant().cache_class, _grant(anonymised=True).cache_class, _grant(watermark="x").cache_class}) == 3
