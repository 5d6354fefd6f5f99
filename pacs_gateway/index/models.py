"""The index: one row per study, so that an access decision is one query and never calls a PACS."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Exists, OuterRef, Q

from pacs_gateway import upstream
from pacs_gateway.dicomjson import readable_name
from pacs_gateway.refs import PatientRef, StudyRef

_KEY_BYTES = 18


def new_key() -> str:
    """Return an opaque name for a study in URLs: 144 random bits, URL-safe."""
    return secrets.token_urlsafe(_KEY_BYTES)


class StudyQuerySet(models.QuerySet["Study"]):
    """Questions about studies that several places ask."""

    def of_patient(self, patient: PatientRef) -> StudyQuerySet:
        """Keep the studies of one patient, known by Patient ID and issuer; nobody is known by an empty ID."""
        if not patient.patient_id:
            return self.none()
        return self.filter(patient_id=patient.patient_id, issuer=patient.issuer)

    def present(self) -> StudyQuerySet:
        """Keep the studies that were in their PACS when it was last asked."""
        return self.filter(missing_since=None)

    def once(self) -> StudyQuerySet:
        """Keep one row of a study that several PACS hold: that of the PACS named first in the settings."""
        rows, names = self, upstream.names()
        if len(names) < 2:
            return rows
        same = {name: OuterRef(name) for name in ("study_uid", "patient_id", "issuer")}
        for place, name in enumerate(names[1:], start=1):
            better = Study.objects.present().filter(pacs__in=names[:place], **same)
            rows = rows.exclude(Q(pacs=name) & Exists(better))
        return rows


class Study(models.Model):
    """A study in a PACS, as its last answer described it.

    `patient_name` and `referring_physician` are Person Names as in DICOM (PS3.5 6.2.1); `missing_since` is set
    while the PACS no longer has the study.
    """

    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    pacs = models.CharField(max_length=32)
    study_uid = models.CharField(max_length=64)
    patient_id = models.CharField(max_length=64)
    issuer = models.CharField(max_length=64, blank=True)
    patient_name = models.CharField(max_length=324, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=16, blank=True)
    accession_number = models.CharField(max_length=64, blank=True, db_index=True)
    study_id = models.CharField(max_length=64, blank=True)
    modalities = models.JSONField(default=list, blank=True)
    description = models.CharField(max_length=255, blank=True)
    date = models.DateField(null=True, blank=True, db_index=True)
    time = models.TimeField(null=True, blank=True)
    referring_physician = models.CharField(max_length=324, blank=True)
    institution = models.CharField(max_length=255, blank=True)
    series_count = models.PositiveIntegerField(default=0)
    instance_count = models.PositiveIntegerField(default=0)
    first_seen_at = models.DateTimeField(auto_now_add=True)
    synced_at = models.DateTimeField()
    missing_since = models.DateTimeField(null=True, blank=True)

    objects = StudyQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "-time", "id"]
        verbose_name_plural = "studies"
        constraints = [models.UniqueConstraint(fields=["pacs", "study_uid"], name="index_study_once_per_pacs")]
        indexes = [models.Index(fields=["patient_id", "issuer"], name="index_study_patient")]

    def __str__(self) -> str:
        return f"study {self.key}"

    @property
    def ref(self) -> StudyRef:
        """Return where the study is."""
        return StudyRef(self.pacs, self.study_uid)

    @property
    def patient(self) -> PatientRef:
        """Return whose it is."""
        return PatientRef(self.patient_id, self.issuer)

    @property
    def edition(self) -> str:
        """Return what changes when the study grows or shrinks."""
        return f"{self.series_count}.{self.instance_count}"

    @property
    def readable_patient_name(self) -> str:
        """Return the patient's name as people write it."""
        return readable_name(self.patient_name)

    @property
    def readable_referring_physician(self) -> str:
        """Return the referring physician's name as people write it."""
        return readable_name(self.referring_physician)
