"""Addresses of the desk."""

from django.urls import path

from portal.staff import enrol_views, views

app_name = "staff"
urlpatterns = [
    path("", views.search, name="search"),
    path("enrol/", enrol_views.enrol, name="enrol"),
]
