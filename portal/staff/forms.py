"""The forms of the desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pacs_gateway.index.models import Study
from pacs_gateway.refs import PatientRef
from pacs_gateway.upstream.base import StudyQuery
from pacs_gateway.upstream.records import InvalidSearch, check_query
from portal.people.models import Role, User

_PLAIN = {"autocomplete": "off", "spellcheck": "false"}


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, error_messages={"invalid": _("Type a date.")})


class SearchForm(forms.Form):
    """What to look for; the fields that are filled must all fit."""

    name = forms.CharField(label=_("Name"), max_length=64, required=False, widget=forms.TextInput(attrs=_PLAIN))
    patient_id = forms.CharField(
        label=_("Patient ID"), max_length=64, required=False, widget=forms.TextInput(attrs=_PLAIN)
    )
    born = _day(_("Date of birth"))
    accession = forms.CharField(
        label=_("Accession number"), max_length=64, required=False, widget=forms.TextInput(attrs=_PLAIN)
    )
    date_from = _day(_("Scan from"))
    date_to = _day(_("Scan to"))

    def clean(self) -> dict[str, Any]:
        """Refuse an empty search, a period that ends before it begins, and wildcards."""
        data = super().clean() or {}
        if self.errors:
            return data
        if not any(data.values()):
            raise forms.ValidationError(_("Type a name, an ID, an accession number or a date."))
        if data["date_from"] and data["date_to"] and data["date_from"] > data["date_to"]:
            raise forms.ValidationError({"date_to": _("The period ends before it begins.")})
        try:
            check_query(self._query(data))
        except InvalidSearch as error:
            raise forms.ValidationError(_("Search without * ? and \\.")) from error
        return data

    @property
    def query(self) -> StudyQuery:
        """Return the search as an archive is asked."""
        return self._query(self.cleaned_data)

    @staticmethod
    def _query(data: dict[str, Any]) -> StudyQuery:
        return StudyQuery(
            patient_name=data["name"],
            patient_id=data["patient_id"],
            birth_date=data["born"],
            accession_number=data["accession"],
            date_from=data["date_from"],
            date_to=data["date_to"],
        )


class EnrolForm(forms.Form):
    """Whose account is tied to which patient of the archive."""

    patient_id = forms.CharField(
        label=_("Patient ID"),
        max_length=64,
        widget=forms.TextInput(attrs=_PLAIN),
        error_messages={"required": _("Type the Patient ID.")},
    )
    issuer = forms.CharField(
        label=_("Who issued the ID"),
        help_text=_("As in the archive. Leave it empty if the archive has none."),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs=_PLAIN),
    )
    role = forms.ChoiceField(
        label=_("Who gets access?"),
        choices=[(Role.PATIENT, _("The patient, or somebody who cares for them")), (Role.PHYSICIAN, _("A physician"))],
        widget=forms.RadioSelect,
        initial=Role.PATIENT,
        error_messages={"required": _("Choose who gets access.")},
    )
    email = forms.EmailField(
        label=_("Their e-mail address"),
        widget=forms.EmailInput(attrs=_PLAIN),
        error_messages={"required": _("Type the e-mail address."), "invalid": _("Type a whole e-mail address.")},
    )
    name = forms.CharField(label=_("Their name"), max_length=150, required=False, widget=forms.TextInput(attrs=_PLAIN))
    relation = forms.CharField(
        label=_("If it is not the patient: who are they?"),
        help_text=_("Example: mother, guardian"),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs=_PLAIN),
    )

    def clean_email(self) -> str:
        """Return the address as accounts are named."""
        return User.objects.normalize_email(self.cleaned_data["email"]).lower()

    def clean(self) -> dict[str, Any]:
        """Refuse patients whom the index does not know, and accounts that are there for something else."""
        data = super().clean() or {}
        if "patient_id" in data and self.newest_study is None:
            self.add_error("patient_id", _("The archive has no such patient. Search for them first."))
        user = User.objects.filter(email=data.get("email", "")).first()
        if user and user.role != data.get("role"):
            self.add_error("email", _("This account is there for somebody with another role. Use another address."))
        elif user and not user.is_active:
            self.add_error("email", _("This account is closed."))
        return data

    @property
    def newest_study(self) -> Study | None:
        """Return the patient's newest study, which tells name and birth date; None without such a patient."""
        patient = PatientRef(self.cleaned_data.get("patient_id", ""), self.cleaned_data.get("issuer", ""))
        return Study.objects.of_patient(patient).present().first()
