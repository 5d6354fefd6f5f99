"""Addresses for the PACS."""

from django.urls import path

from pacs_gateway.index import views

app_name = "index"
urlpatterns = [path("pacs/<str:name>", views.pacs_hook, name="hook")]
