"""The proof that somebody may do something with one study. Everything that returns study data takes one."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.core import signing

from pacs_gateway.access.right import Right
from pacs_gateway.refs import PatientRef, StudyRef

_SALT = "pacs_gateway.access.grant"
_MINT = object()
QUEUE_SECONDS = 120


class GrantRefused(Exception):
    """A grant that is forged, expired or lacks the right that is needed."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy says about one principal, one study and one right.

    `watermark` is burned into pictures; `expires_at` is in seconds since the epoch, None for "with the session".
    """

    allowed: bool
    rights: frozenset[Right] = frozenset()
    anonymised: bool = False
    watermark: str = ""
    expires_at: float | None = None


DENIED = Decision(allowed=False)


@dataclass(frozen=True, slots=True)
class StudyGrant:
    """One study, and how it may be used. Built only in this module.

    `study_key` is the opaque key used in URLs; `patient` is whom the study belongs to according to the index,
    and what comes back from the PACS is compared with it. `edition` changes whenever the index learns that the study
    holds more or less than before: what describes the whole study is cached under it.
    """

    study: StudyRef
    study_key: str
    patient: PatientRef
    rights: frozenset[Right]
    principal: str
    anonymised: bool = False
    watermark: str = ""
    expires_at: float | None = None
    edition: str = ""
    _proof: object = None

    def __post_init__(self) -> None:
        if self._proof is not _MINT:
            raise GrantRefused("grants are minted by the gate only")

    def require(self, right: Right) -> None:
        """Raise GrantRefused unless the grant holds `right` and has not expired."""
        if self.expires_at is not None and time.time() >= self.expires_at:
            raise GrantRefused("the grant has expired")
        if right not in self.rights:
            raise GrantRefused(f"the grant does not include {right}")

    def allows(self, right: Right) -> bool:
        """Tell whether the grant holds `right` now."""
        try:
            self.require(right)
        except GrantRefused:
            return False
        return True

    def in_pacs(self, name: str) -> StudyGrant:
        """Return the same grant for the copy of the study in another PACS, which is compared with it as well."""
        return replace(self, study=StudyRef(name, self.study.study_uid))

    @property
    def cache_class(self) -> str:
        """Return what separates cached pictures: identified or anonymised, and the watermark."""
        return f"{'anonymised' if self.anonymised else 'identified'}|{self.watermark}"


def mint(
    study: StudyRef, key: str, patient: PatientRef, decision: Decision, principal: str, edition: str = ""
) -> StudyGrant:
    """Turn a positive policy decision into a grant; raises GrantRefused for a negative one."""
    if not decision.allowed:
        raise GrantRefused("the policy said no")
    return StudyGrant(
        study=study,
        study_key=key,
        patient=patient,
        rights=decision.rights,
        principal=principal,
        anonymised=decision.anonymised,
        watermark=decision.watermark,
        expires_at=decision.expires_at,
        edition=edition,
        _proof=_MINT,
    )


def mint_for_system(
    study: StudyRef, key: str, patient: PatientRef, purpose: str, rights: Iterable[Right], edition: str = ""
) -> StudyGrant:
    """Return a grant for work that no person asked for, such as indexing; `purpose` goes into the ledger."""
    decision = Decision(allowed=True, rights=frozenset(rights), expires_at=time.time() + QUEUE_SECONDS)
    return mint(study, key, patient, decision, f"system:{purpose}", edition)


def sign(grant: StudyGrant) -> str:
    """Return the grant as a short-lived signed string that can cross the queue."""
    facts: dict[str, Any] = {
        "pacs": grant.study.pacs,
        "study": grant.study.study_uid,
        "key": grant.study_key,
        "patient": [grant.patient.patient_id, grant.patient.issuer],
        "rights": sorted(grant.rights),
        "principal": grant.principal,
        "anonymised": grant.anonymised,
        "watermark": grant.watermark,
        "expires_at": grant.expires_at,
        "edition": grant.edition,
    }
    return signing.dumps(facts, salt=_SALT)


def verify(text: str) -> StudyGrant:
    """Return the grant in `text`; raises GrantRefused when it is forged, older than QUEUE_SECONDS or expired."""
    try:
        facts = signing.loads(text, salt=_SALT, max_age=QUEUE_SECONDS)
    except signing.BadSignature as error:
        raise GrantRefused("the grant is forged or too old") from error
    grant = mint(
        StudyRef(facts["pacs"], facts["study"]),
        facts["key"],
        PatientRef(*facts["patient"]),
        Decision(
            allowed=True,
            rights=frozenset(Right(right) for right in facts["rights"]),
            anonymised=facts["anonymised"],
            watermark=facts["watermark"],
            expires_at=facts["expires_at"],
        ),
        facts["principal"],
        facts["edition"],
    )
    if grant.expires_at is not None and time.time() >= grant.expires_at:
        raise GrantRefused("the grant has expired")
    return grant
