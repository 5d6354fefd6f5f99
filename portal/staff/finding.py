"""Search every archive and the index. An archive that does not answer is named; the index answers always."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from pacs_gateway.index import sync
from pacs_gateway.index.models import Study
from pacs_gateway.upstream.base import StudyQuery
from pacs_gateway.upstream.everywhere import search_everywhere
from pacs_gateway.upstream.records import name_words

FOUND_MOST = 200
SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Found:
    """The studies that fit, newest first, at most FOUND_MOST, and the archives that did not answer."""

    studies: list[Study]
    silent: list[str]

    @property
    def is_cut(self) -> bool:
        """Tell whether there may be more than are shown."""
        return len(self.studies) >= FOUND_MOST


def search(query: StudyQuery, caller: str) -> Found:
    """Ask all archives at once, take over what they say, and return what the index then knows."""
    answers = search_everywhere(query, caller, SECONDS)
    for name, records in answers.records.items():
        sync.store(name, records)
    return Found(list(_in_index(query)[:FOUND_MOST]), list(answers.silent))


def _in_index(query: StudyQuery) -> QuerySet[Study]:
    exact = {
        "patient_id": query.patient_id,
        "birth_date": query.birth_date,
        "accession_number": query.accession_number,
        "date__gte": query.date_from,
        "date__lte": query.date_to,
    }
    rows = Study.objects.present().once().filter(**{field: value for field, value in exact.items() if value})
    for word in name_words(query.patient_name):
        rows = rows.filter(patient_name__icontains=word)
    return rows
