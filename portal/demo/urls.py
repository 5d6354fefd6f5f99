"""Addresses of the demo only."""

from django.urls import path

from portal.demo import views

app_name = "demo"
urlpatterns = [path("mail/", views.mail, name="mail")]
