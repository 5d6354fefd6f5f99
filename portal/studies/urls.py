"""Addresses of the studies. A study is named by its opaque key."""

from django.urls import path

from portal.studies import views

app_name = "studies"
urlpatterns = [
    path("", views.study_list, name="list"),
    path("<str:key>/", views.study, name="study"),
    path("<str:key>/report/", views.report, name="report"),
]
