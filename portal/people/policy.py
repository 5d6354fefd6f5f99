"""Who may do what with which study: the decision, in one table.

| who                | which studies              | may                             |
| ------------------ | -------------------------- | ------------------------------- |
| patient            | of the patients linked     | view, report, download, share   |
| physician          | of the patients referred   | view, report, download, share   |
| staff              | all                        | view, report, download, share   |
| visitor by a link  | the studies in the link    | what the link says              |
| anybody else       | none                       | nothing                         |

A study that the archive no longer has is nobody's.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from pacs_gateway.access.grant import DENIED, Decision
from pacs_gateway.access.principal import Kind, Principal
from pacs_gateway.access.right import Right
from pacs_gateway.index.models import Study, StudyQuerySet
from pacs_gateway.prepared import Prepared
from portal.people.models import PatientLink, Referral, Role

EVERYTHING = frozenset(Right)
Tie = type[PatientLink] | type[Referral]


def _is_tied(tie: Tie) -> Prepared[int]:
    """Return the question whether somebody has a tie to a patient: the user's id, then Patient ID and issuer."""

    def ties(user_id: int, patient_id: str, issuer: str) -> QuerySet[Any, int]:
        found = tie.objects.filter(user_id=user_id, patient_id=patient_id, issuer=issuer)
        return found.values_list("pk", flat=True)[:1]

    return Prepared(ties, int, str, str)


_TIES: dict[str, Tie] = {Role.PATIENT: PatientLink, Role.PHYSICIAN: Referral}
_IS_TIED = {role: _is_tied(tie) for role, tie in _TIES.items()}


def visible_studies(principal: Principal) -> StudyQuerySet:
    """Return the studies that `principal` may see something of, newest first."""
    studies = Study.objects.present().order_by("-date", "-time", "-pk")
    if principal.kind is Kind.SHARE:
        return studies.filter(key__in=principal.study_keys)
    if principal.kind is Kind.USER and principal.role == Role.STAFF:
        return studies
    tie = _TIES.get(principal.role)
    if tie is None or principal.user_id is None:
        return studies.none()
    own = tie.objects.filter(user_id=principal.user_id, patient_id=OuterRef("patient_id"), issuer=OuterRef("issuer"))
    # Nobody is known by an empty Patient ID.
    return studies.filter(Exists(own)).exclude(patient_id="")


def decide(principal: Principal, study: Study, right: Right) -> Decision:
    """Answer whether `principal` may do `right` with `study`, and what else they may."""
    rights = principal.rights if principal.kind is Kind.SHARE else EVERYTHING
    if right not in rights or not _may_see(principal, study):
        return DENIED
    return Decision(allowed=True, rights=rights, anonymised=principal.anonymised, expires_at=principal.expires_at)


def _may_see(principal: Principal, study: Study) -> bool:
    """Tell what visible_studies would say of one study that is at hand, in one short query at most."""
    if study.missing_since is not None:
        return False
    if principal.kind is Kind.SHARE:
        return study.key in principal.study_keys
    if principal.kind is Kind.USER and principal.role == Role.STAFF:
        return True
    is_tied = _IS_TIED.get(principal.role)
    if is_tied is None or principal.user_id is None or not study.patient_id:
        return False
    return bool(is_tied.rows(principal.user_id, study.patient_id, study.issuer))
