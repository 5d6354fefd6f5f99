"""The form that a link is made with, and the one that opens it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.right import Right
from portal.people.cards import Card
from portal.sharing.key_image import query_of
from portal.sharing.links import DAYS_DEFAULT, Terms
from portal.sharing.secret_words import PIN_DIGITS

PICTURES, REPORT = "pictures", "report"
SEEN = ((PICTURES, _("The pictures"), Right.VIEW), (REPORT, _("The report"), Right.REPORT))
DAYS = (1, 7, 14, 30)
DAYS_FOR_STAFF, DAYS_DEFAULT_FOR_STAFF = (*DAYS, 90), 14
OPENS_MOST = 100


def _days(choices: Iterable[int]) -> list[tuple[int, Any]]:
    return [(days, ngettext_lazy("%d day", "%d days", days) % days) for days in choices]


class NewLinkForm(forms.Form):
    """Who gets what for how long. `sheet` makes sure that one form sent twice makes one link."""

    recipient = forms.CharField(
        label=_("Who is it for?"),
        help_text=_("So that you know this link again. Example: Dr Miller, knee clinic"),
        max_length=100,
        error_messages={"required": _("Type who the link is for.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    what = forms.MultipleChoiceField(
        label=_("What may they see?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose the pictures, the report or both.")},
    )
    download = forms.BooleanField(
        label=_("They may also download the original files"),
        help_text=_("A hospital needs them to compare scans. Downloaded files stay with them."),
        required=False,
    )
    others = forms.MultipleChoiceField(
        label=_("Which other scans?"),
        help_text=_("This link opens the scan above. Choose more only if they are needed."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    days = forms.TypedChoiceField(
        label=_("How long does the link work?"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how long the link works.")},
    )
    max_opens = forms.IntegerField(
        label=_("How many times can it be opened?"),
        help_text=_("Leave it empty for no limit."),
        min_value=1,
        max_value=OPENS_MOST,
        required=False,
    )
    picture = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)
    sheet = forms.RegexField(r"\A[\w-]{20,40}\Z", widget=forms.HiddenInput)

    def __init__(
        self, data: Any, *, grant: StudyGrant, others: Iterable[tuple[Card, str]], for_staff: bool, picture: str = ""
    ) -> None:
        days = DAYS_DEFAULT_FOR_STAFF if for_staff else DAYS_DEFAULT
        start = {"what": [PICTURES, REPORT], "days": days, "sheet": secrets.token_urlsafe(16), "picture": picture}
        self.study_key = grant.study_key
        super().__init__(data, initial=start)
        self._choices("days").choices = _days(DAYS_FOR_STAFF if for_staff else DAYS)
        self._choices("what").choices = [(name, text) for name, text, right in SEEN if grant.allows(right)]
        self._choices("others").choices = [(card.key, text) for card, text in others]
        if not self._choices("others").choices:
            del self.fields["others"]
        if not for_staff:
            del self.fields["max_opens"]
        if not grant.allows(Right.DOWNLOAD):
            del self.fields["download"]

    def _choices(self, name: str) -> forms.ChoiceField:
        found = self.fields[name]
        assert isinstance(found, forms.ChoiceField)
        return found

    def clean(self) -> dict[str, Any]:
        """Refuse originals without pictures: whoever has the files has the pictures."""
        data = super().clean() or {}
        if data.get("download") and PICTURES not in data.get("what", [PICTURES]):
            self.add_error("what", _("Whoever may download the files also gets the pictures. Choose them too."))
        return data

    def clean_picture(self) -> str:
        """Return the picture that the link opens with, as the viewer's query; "" for none."""
        return query_of(self.cleaned_data["picture"])

    @property
    def terms(self) -> Terms:
        """Return what was asked for."""
        data = self.cleaned_data
        return Terms(
            recipient=data["recipient"],
            days=data["days"],
            with_pictures=PICTURES in data["what"],
            with_report=REPORT in data["what"],
            with_download=data.get("download", False),
            max_opens=data.get("max_opens"),
            opens_at=f"{self.study_key}?{data['picture']}" if data.get("picture") else "",
        )


class PinForm(forms.Form):
    """The code that came by another way."""

    pin = forms.CharField(
        label=_("Code"),
        help_text=_("6 digits. You got it apart from the link: by phone, on paper or in another message."),
        max_length=20,
        error_messages={"required": _("Type the code.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}),
    )

    def clean_pin(self) -> str:
        """Return the digits, however they were grouped."""
        digits = "".join(sign for sign in self.cleaned_data["pin"] if sign not in " -.\u00a0")
        if len(digits) != PIN_DIGITS or not (digits.isascii() and digits.isdecimal()):
            raise forms.ValidationError(_("The code has 6 digits."))
        return digits
