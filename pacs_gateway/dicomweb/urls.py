"""Addresses of the DICOMweb service (PS3.18 chapter 10). A study is named by its Study Instance UID."""

from django.urls import path

from pacs_gateway.dicomweb import capabilities, metadata

app_name = "dicomweb"
STUDY = "studies/<str:study_uid>"
SERIES = f"{STUDY}/series/<str:series_uid>"
INSTANCE = f"{SERIES}/instances/<str:instance_uid>"

urlpatterns = [
    path("", capabilities.service, name="service"),
    path(f"{STUDY}/metadata", metadata.study, name="study-metadata"),
    path(f"{SERIES}/metadata", metadata.series, name="series-metadata"),
    path(f"{INSTANCE}/metadata", metadata.instance, name="instance-metadata"),
]
