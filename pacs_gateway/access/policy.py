"""The way from the gate (how) to the policy (whether), which lives with the people on the top floor."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.utils.module_loading import import_string

from pacs_gateway.access.grant import Decision, StudyGrant, mint
from pacs_gateway.access.principal import Principal
from pacs_gateway.access.right import Right
from pacs_gateway.index.models import Study, StudyQuerySet

Decide = Callable[[Principal, Study, Right], Decision]
Scope = Callable[[Principal], StudyQuerySet]


def ask(principal: Principal, study: Study, right: Right) -> StudyGrant | None:
    """Return a grant if the function that STUDY_POLICY names says so, else None."""
    decide: Decide = import_string(settings.STUDY_POLICY)
    decision = decide(principal, study, right)
    if not decision.allowed or right not in decision.rights:
        return None
    return mint(study.ref, study.key, study.patient, decision, principal.label, study.edition)


def visible(principal: Principal) -> StudyQuerySet:
    """Return the studies of which the function that STUDY_SCOPE names says that the principal may see something."""
    scope: Scope = import_string(settings.STUDY_SCOPE)
    return scope(principal)
