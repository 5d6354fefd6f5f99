"""Addresses of the downloads. A study is named by its opaque key."""

from django.urls import path

from portal.downloads import views

app_name = "downloads"
urlpatterns = [
    path("<str:key>/download/", views.choose, name="choose"),
    path("<str:key>/dicom.zip", views.dicom, name="dicom"),
]
