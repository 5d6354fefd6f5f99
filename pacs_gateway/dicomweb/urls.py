"""Addresses of the DICOMweb service (PS3.18 chapter 10). A study is named by its Study Instance UID."""

from django.urls import path

from pacs_gateway.dicomweb import bulk, capabilities, frames, metadata, retrieve, schema, search

app_name = "dicomweb"
STUDY = "studies/<str:study_uid>"
SERIES = f"{STUDY}/series/<str:series_uid>"
INSTANCE = f"{SERIES}/instances/<str:instance_uid>"

urlpatterns = [
    path("", capabilities.service, name="service"),
    path("schema", schema.schema, name="schema"),
    path("studies", search.all_studies, name="studies"),
    path("series", search.all_series, name="all-series"),
    path("instances", search.all_instances, name="all-instances"),
    path(f"{STUDY}/series", search.study_series, name="study-series"),
    path(f"{STUDY}/instances", search.study_instances, name="study-instances"),
    path(f"{SERIES}/instances", search.series_instances, name="series-instances"),
    path(STUDY, retrieve.study, name="study"),
    path(SERIES, retrieve.series, name="series"),
    path(INSTANCE, retrieve.instance, name="instance"),
    path(f"{INSTANCE}/bulkdata/<path:place>", bulk.bulk_data, name="bulk-data"),
    path(f"{INSTANCE}/frames/<str:numbers>", frames.frames, name="frames"),
    path(f"{STUDY}/metadata", metadata.study, name="study-metadata"),
    path(f"{SERIES}/metadata", metadata.series, name="series-metadata"),
    path(f"{INSTANCE}/metadata", metadata.instance, name="instance-metadata"),
]
