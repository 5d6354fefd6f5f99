"""Plain titles from what is in archives."""

from __future__ import annotations

import pytest
from django.utils import translation

from portal.people.words import title_of

TITLES = [
    (["CT"], "CT CHEST", "CT scan of the chest"),
    (["CT", "SR"], "THORAX^Routine (Adult)", "CT scan of the chest"),
    (["SR", "CT"], "CT Abdomen/Pelvis w contrast", "CT scan of the belly and pelvis"),
    (["CT"], "chest, abdomen, pelvis", "CT scan of the chest, belly and pelvis"),
    (["MR"], "MR_BRAIN_WO", "MRI scan of the head"),
    (["MR"], "KNEE LT", "MRI scan of the knee"),
    (["CR"], "CHEST PA & LAT", "X-ray of the chest"),
    (["DX"], "", "X-ray"),
    (["US"], "US RENAL", "Ultrasound of the kidneys"),
    (["PT", "CT"], "PET-CT whole body", "PET-CT scan of the whole body"),
    (["MG"], "Screening bilateral", "Mammogram"),
    (["CT"], "KNEE AND HEAD", "CT scan"),
    (["SR"], "", "Report"),
    ([], "", "Pictures"),
    (["ZZ"], "CHESTNUT", "Pictures"),
]


@pytest.mark.parametrize(("modalities", "description", "title"), TITLES)
def test_title(modalities: list[str], description: str, title: str) -> None:
    with translation.override("en"):
        assert title_of(modalities, description) == title
