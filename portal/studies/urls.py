"""Addresses of the studies. A study is named by its opaque key."""

from django.urls import path

from portal.studies import document_views, views

app_name = "studies"
urlpatterns = [
    path("", views.study_list, name="list"),
    path("<str:key>/", views.study, name="study"),
    path("<str:key>/report/", views.report, name="report"),
    path("<str:key>/documents/<slug:series>/<int:number>/", document_views.document, name="document"),
    path("<str:key>/documents/<slug:series>/<int:number>/pdf", document_views.pdf, name="pdf"),
    path("<str:key>/documents/<slug:series>/<int:number>/<int:page>", document_views.page, name="page"),
]
