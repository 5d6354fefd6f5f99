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

from django.db.models import Exists, OuterRef

from pacs_gateway.access.grant import DENIED, Decision
from pacs_gateway.access.principal import Kind, Principal
from pacs_gateway.access.right import Right
from pacs_gateway.index.models import Study, StudyQuerySet
from portal.people.models import PatientLink, Referral, Role

EVERYTHING = frozenset(Right)
_TIES: dict[str, type[PatientLink] | type[Referral]] = {Role.PATIENT: PatientLink, Role.PHYSICIAN: Referral}


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
    tie = _TIES.get(principal.role)
    if tie is None or principal.user_id is None or not study.patient_id:
        return False
    return tie.objects.filter(user_id=principal.user_id, patient_id=study.patient_id, issuer=study.issuer).exists()
