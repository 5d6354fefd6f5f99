"""How a person likes the viewer, kept with the account. viewer/preferences.py reads it."""

from __future__ import annotations

from http import HTTPStatus

from django import forms
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from pacs_gateway.access.principal import principal_of
from pacs_gateway.access.rules import signed_in
from portal.people.models import User

MODES, TOOLS = ("simple", "full"), ("scroll", "window")


class ViewerSettings(forms.Form):
    """What the viewer's script sends: every setting, each time one changes."""

    mode = forms.ChoiceField(choices=[(mode, mode) for mode in MODES])
    tool = forms.ChoiceField(choices=[(tool, tool) for tool in TOOLS])
    up_is_brighter = forms.BooleanField(required=False)
    letters = forms.BooleanField(required=False)


@signed_in(methods=("POST",), api=True)
def save(request: HttpRequest) -> HttpResponse:
    """Keep the settings for the next time, on whatever device."""
    form = ViewerSettings(request.POST)
    if not form.is_valid():
        raise BadRequest(_("The viewer has no such setting."))
    user: User = principal_of(request).user
    user.viewer_settings = form.cleaned_data
    user.save(update_fields=["viewer_settings"])
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
