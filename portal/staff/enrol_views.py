"""The desk's page to enrol somebody: a form, a page to check, then it is done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from pacs_gateway.access.principal import principal_of
from pacs_gateway.access.rules import staff_only
from pacs_gateway.audit import ledger
from pacs_gateway.audit.models import Outcome
from pacs_gateway.index.models import Study
from pacs_gateway.refs import PatientRef
from portal.people.cards import card_of
from portal.people.models import User
from portal.staff import enrolment
from portal.staff.enrolment import Access
from portal.staff.forms import EnrolForm


@staff_only(methods=("GET", "HEAD", "POST"))
def enrol(request: HttpRequest) -> HttpResponse:
    """Ask who gets access to whose images, show it once more, then save it."""
    form = EnrolForm(request.POST) if request.method == "POST" else EnrolForm(initial=_asked(request))
    step = request.POST.get("step", "check")
    if request.method == "POST" and form.is_valid() and step in ("check", "save"):
        return _save(request, form) if step == "save" else _check(request, form)
    return render(request, "staff/enrol.html", {"form": form})


def _asked(request: HttpRequest) -> dict[str, str]:
    """Return the patient of the study that the search led here from; the address names neither patient nor ID."""
    key = request.GET.get("study", "")
    # PostgreSQL cannot even be asked for text with NUL in it.
    study = Study.objects.present().filter(key=key).first() if key.isprintable() else None
    return {"patient_id": study.patient_id, "issuer": study.issuer} if study else {}


def _check(request: HttpRequest, form: EnrolForm) -> HttpResponse:
    study = form.newest_study
    assert study is not None
    context: dict[str, Any] = {
        "form": form,
        "card": card_of(study, anonymised=False),
        "has_account": User.objects.filter(email=form.cleaned_data["email"]).exists(),
        "study_count": Study.objects.of_patient(study.patient).present().count(),
    }
    return render(request, "staff/enrol_check.html", context)


def _save(request: HttpRequest, form: EnrolForm) -> HttpResponse:
    data = form.cleaned_data
    access = Access(
        email=data["email"],
        role=data["role"],
        patient=PatientRef(data["patient_id"], data["issuer"]),
        name=data["name"],
        relation=data["relation"],
    )
    with transaction.atomic():
        enrolment.enrol(access)
        ledger.record(
            request, principal_of(request), outcome=Outcome.ALLOWED, study=form.newest_study, action="staff:enrolled"
        )
    if enrolment.send_welcome(access.email):
        messages.success(request, _("Done. We sent a mail that says how to sign in."))
    else:
        messages.warning(request, _("The access is saved, but the mail could not be sent. Tell them how to sign in."))
    return redirect("staff:search")
