"""Addresses of rendered resources, below those of the DICOMweb service."""

from django.urls import path

from pacs_gateway.dicomweb.urls import INSTANCE, SERIES, STUDY
from viewer.rendered import views

app_name = "rendered"
FRAMES = f"{INSTANCE}/frames/<str:numbers>"
urlpatterns = [
    path(f"{STUDY}/rendered", views.study, name="study"),
    path(f"{SERIES}/rendered", views.series, name="series"),
    path(f"{INSTANCE}/rendered", views.instance, name="instance"),
    path(f"{FRAMES}/rendered", views.frames, name="frames"),
    path(f"{STUDY}/thumbnail", views.study_thumbnail, name="study-thumbnail"),
    path(f"{SERIES}/thumbnail", views.series_thumbnail, name="series-thumbnail"),
    path(f"{INSTANCE}/thumbnail", views.instance_thumbnail, name="instance-thumbnail"),
    path(f"{FRAMES}/thumbnail", views.frames_thumbnail, name="frames-thumbnail"),
]
