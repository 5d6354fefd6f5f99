"""Addresses of the first page and of people's own account."""

from django.urls import include, path

from portal.people import look, views

people = [
    path("account/", views.account, name="account"),
    path("theme.css", look.theme, name="theme"),
    path("logo", look.logo, name="logo"),
]
urlpatterns = [
    path("", views.home, name="home"),
    path("", include((people, "people"))),
]
