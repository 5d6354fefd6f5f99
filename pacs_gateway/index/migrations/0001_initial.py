"""The index: one row per study."""

from django.db import migrations, models

import pacs_gateway.index.models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Study",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        default=pacs_gateway.index.models.new_key, editable=False, max_length=32, unique=True
                    ),
                ),
                ("pacs", models.CharField(max_length=32)),
                ("study_uid", models.CharField(max_length=64)),
                ("patient_id", models.CharField(max_length=64)),
                ("issuer", models.CharField(blank=True, max_length=64)),
                ("patient_name", models.CharField(blank=True, max_length=324)),
                ("birth_date", models.DateField(blank=True, null=True)),
                ("sex", models.CharField(blank=True, max_length=16)),
                ("accession_number", models.CharField(blank=True, db_index=True, max_length=64)),
                ("study_id", models.CharField(blank=True, max_length=64)),
                ("modalities", models.JSONField(blank=True, default=list)),
                ("description", models.CharField(blank=True, max_length=255)),
                ("date", models.DateField(blank=True, db_index=True, null=True)),
                ("time", models.TimeField(blank=True, null=True)),
                ("referring_physician", models.CharField(blank=True, max_length=324)),
                ("institution", models.CharField(blank=True, max_length=255)),
                ("series_count", models.PositiveIntegerField(default=0)),
                ("instance_count", models.PositiveIntegerField(default=0)),
                ("first_seen_at", models.DateTimeField(auto_now_add=True)),
                ("synced_at", models.DateTimeField()),
                ("missing_since", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "studies",
                "ordering": ["-date", "-time", "id"],
                "indexes": [models.Index(fields=["patient_id", "issuer"], name="index_study_patient")],
                "constraints": [
                    models.UniqueConstraint(fields=("pacs", "study_uid"), name="index_study_once_per_pacs")
                ],
            },
        ),
    ]
