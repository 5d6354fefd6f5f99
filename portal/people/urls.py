"""Addresses of the first page and of people's own account."""

from django.urls import include, path

from portal.people import look, viewer_settings, views

people = [
    path("account/", views.account, name="account"),
    path("account/viewer", viewer_settings.save, name="viewer-settings"),
    path("account/stay", views.stay, name="stay"),
    path("theme.css", look.theme, name="theme"),
    path("logo", look.logo, name="logo"),
]
urlpatterns = [
    path("", views.home, name="home"),
    path("", include((people, "people"))),
]
