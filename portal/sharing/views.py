"""Make a link, and look after the links there are."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from pacs_gateway.access import policy
from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.principal import Principal, principal_of
from pacs_gateway.access.right import Right
from pacs_gateway.access.rules import signed_in, study_scoped
from pacs_gateway.audit import ledger
from pacs_gateway.audit.models import Outcome
from pacs_gateway.index.models import Study
from portal.people import proof
from portal.people.cards import card_of
from portal.people.models import Role
from portal.sharing import choices, key_image, links, qr
from portal.sharing.forms import NewLinkForm
from portal.sharing.links import NewLink
from portal.sharing.models import ShareLink

PAGE_SIZE = 25
KEPT = "sharing_typed:"
WITH_FORM = ("GET", "HEAD", "POST")


@study_scoped(Right.SHARE, methods=WITH_FORM)
def new(request: HttpRequest, grant: StudyGrant) -> HttpResponse:
    """Ask who gets what for how long, show it once more, then make the link."""
    principal = principal_of(request)
    if grant.anonymised:
        raise Http404
    study = Study.objects.get(key=grant.study_key)
    others = choices.other_studies(principal, study)
    sent = _sent(request, grant)
    form = choices.form_for(sent, principal, grant, others, key_image.query_of(request.GET.get("picture", "")))
    step = "ask" if sent is None else sent.get("step", "check")
    context = {"study": card_of(study, anonymised=False), "form": form}
    if step in ("check", "create") and form.is_valid():
        if step == "create" and not proof.is_fresh(request):
            return _ask_again(request, grant)
        wanted = [study, *(other for other in others if other.key in form.cleaned_data.get("others", []))]
        return _make(request, principal, form, wanted) if step == "create" else _check(request, context, wanted)
    return render(request, "sharing/new.html", context)


def _sent(request: HttpRequest, grant: StudyGrant) -> QueryDict | None:
    """Return what was sent, or what was sent before somebody was asked again who they are."""
    if request.method == "POST":
        return request.POST
    kept = request.session.pop(KEPT + grant.study_key, None)
    return QueryDict(kept) if kept else None


def _ask_again(request: HttpRequest, grant: StudyGrant) -> HttpResponse:
    """Ask who it is; nothing typed is lost, and the page to check comes once more."""
    typed = request.POST.copy()
    typed["step"] = "check"
    typed.pop("csrfmiddlewaretoken", None)
    request.session[KEPT + grant.study_key] = typed.urlencode()
    return proof.ask_again(request)


def _check(request: HttpRequest, context: dict[str, Any], wanted: list[Study]) -> HttpResponse:
    facts = {"terms": context["form"].terms, "cards": [card_of(study, anonymised=False) for study in wanted]}
    return render(request, "sharing/check.html", context | facts)


def _make(request: HttpRequest, principal: Principal, form: NewLinkForm, wanted: list[Study]) -> HttpResponse:
    """Make the link if each study may be shared, write that down, and show link and PIN this once."""
    if not all(policy.ask(principal, study, Right.SHARE) for study in wanted):
        raise Http404
    try:
        with transaction.atomic():
            made = links.make(principal.user, wanted, form.terms, form.cleaned_data["sheet"])
            for study in wanted:
                _write(request, principal, "sharing:made", made.link, study)
    except IntegrityError:
        messages.info(
            request, _("This link was made already. It cannot be shown again. Make a new one if you need it.")
        )
        return redirect("sharing:list")
    return render(request, "sharing/made.html", _made_context(made, wanted))


def _made_context(made: NewLink, wanted: list[Study]) -> dict[str, Any]:
    url = settings.SITE_URL + reverse("sharing:open", args=[made.token])
    return {
        "link": made.link,
        "url": url,
        "qr": qr.data_uri(url),
        "pin": f"{made.pin[:3]} {made.pin[3:]}",
        "cards": [card_of(study, anonymised=False) for study in wanted],
    }


@signed_in()
def share_list(request: HttpRequest) -> HttpResponse:
    """List the links that somebody made, and for a patient all links on their images."""
    principal = principal_of(request)
    shown = links.stoppable_by(principal).select_related("created_by").prefetch_related("studies")
    is_staff = principal.role == Role.STAFF
    shows_all = not is_staff or "all" in request.GET
    if not shows_all:
        shown = shown.filter(created_by=principal.user_id)
    page = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "sharing/list.html",
        {"page": page, "rows": [_row(link, principal) for link in page], "is_staff": is_staff, "shows_all": shows_all},
    )


@signed_in(methods=WITH_FORM)
def stop(request: HttpRequest, share_id: int) -> HttpResponse:
    """Ask once more, then stop a link for good."""
    principal = principal_of(request)
    link = get_object_or_404(links.stoppable_by(principal), pk=share_id)
    if request.method != "POST":
        return render(request, "sharing/stop.html", _row(link, principal))
    with transaction.atomic():
        if links.stop(link):
            for study in link.studies.all():
                _write(request, principal, "sharing:stopped", link, study)
    messages.success(request, _("The link is stopped. Nobody can open it any more."))
    return redirect("sharing:list")


def _row(link: ShareLink, principal: Principal) -> dict[str, Any]:
    return {
        "link": link,
        "cards": [card_of(study, anonymised=False) for study in link.studies.all()],
        "is_mine": link.created_by_id == principal.user_id,
    }


def _write(request: HttpRequest, principal: Principal, action: str, link: ShareLink, study: Study) -> None:
    ledger.record(
        request,
        principal,
        outcome=Outcome.ALLOWED,
        study=study,
        right=Right.SHARE,
        action=action,
        share_id=link.pk,
    )
