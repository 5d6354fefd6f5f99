"""Addresses with what must never pass: a view without a rule, and a study view without a study."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from pacs_gateway.access.right import Right
from pacs_gateway.access.rules import study_scoped
from portal.urls import urlpatterns as real


def bare(request: HttpRequest) -> HttpResponse:
    """Answer without a rule."""
    raise AssertionError("the gate let a view without a rule run")


@study_scoped(Right.VIEW)
def homeless(request: HttpRequest) -> HttpResponse:
    """Answer for a study that the address does not name."""
    raise AssertionError("the gate let a study view without a study run")


urlpatterns = [*real, path("bare/", bare), path("homeless/", homeless)]
handler403 = "portal.failures.forbidden"
