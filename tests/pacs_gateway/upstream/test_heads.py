"""Headers of large objects are kept for a while, within a budget, and never beyond a change of the study."""

from __future__ import annotations

from dataclasses import replace

from pydicom import Dataset

from pacs_gateway.access.grant import StudyGrant, mint_for_system
from pacs_gateway.access.right import Right
from pacs_gateway.refs import PatientRef, StudyRef
from pacs_gateway.upstream.heads import BYTES_MOST, SECONDS, Head, Heads


def _head(size: int = 1) -> Head:
    return Head(Dataset(), bytes(size), "1.2.840.10008.1.2.1")


def _grant(patient: str = "P", edition: str = "1") -> StudyGrant:
    return mint_for_system(StudyRef("main", "1.2"), "key", PatientRef(patient), "test", [Right.VIEW], edition)


def test_a_head_is_kept_for_a_while() -> None:
    now = 1000.0
    heads, head = Heads(lambda: now), _head()
    assert heads.get(_grant(), "a") is None
    heads.put(_grant(), "a", head)
    assert heads.get(_grant(), "a") is head
    assert heads.get(_grant(), "b") is None
    now += SECONDS
    assert heads.get(_grant(), "a") is None
    heads.put(_grant(), "a", head)
    assert heads.get(_grant(), "a") is head


def test_it_is_another_when_the_study_changes_or_becomes_somebody_else_s() -> None:
    heads = Heads()
    heads.put(_grant(), "a", _head())
    assert heads.get(_grant(edition="2"), "a") is None
    assert heads.get(_grant(patient="Q"), "a") is None
    assert heads.get(replace(_grant(), principal="user:1"), "a") is not None


def test_those_kept_longest_go_first() -> None:
    heads = Heads()
    for name in "abc":
        heads.put(_grant(), name, _head(BYTES_MOST // 2))
    assert [heads.get(_grant(), name) is not None for name in "abc"] == [False, True, True]
    heads.put(_grant(), "too large", _head(BYTES_MOST + 1))
    assert heads.get(_grant(), "too large") is None
