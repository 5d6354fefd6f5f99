"""What the pages say about one study: to patients in plain words, to physicians with its own description."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pacs_gateway.index.models import Study
from portal.people.words import title_of


@dataclass(frozen=True, slots=True)
class Card:
    """One study in words. All that tells who, when and where is empty when it is shown without identity."""

    key: str
    title: str
    description: str = ""
    date: dt.date | None = None
    place: str = ""
    name: str = ""
    birth_date: dt.date | None = None
    patient_id: str = ""
    relation: str = ""
    modalities: str = ""
    referring_physician: str = ""


def card_of(study: Study, *, anonymised: bool, relation: str = "") -> Card:
    """Return the card of a study; `relation` says who the person is to the reader, "" for the reader."""
    title = title_of(study.modalities, study.description)
    modalities = ", ".join(str(modality) for modality in study.modalities)
    if anonymised:
        return Card(study.key, title, modalities=modalities)
    return Card(
        key=study.key,
        title=title,
        description=study.description,
        date=study.date,
        place=study.institution,
        name=study.readable_patient_name,
        birth_date=study.birth_date,
        patient_id=study.patient_id,
        relation=relation,
        modalities=modalities,
        referring_physician=study.readable_referring_physician,
    )
