"""Addresses of sharing. Only the landing page of a link has its token in the address."""

from django.urls import path

from portal.sharing import views, visitor_views

app_name = "sharing"
urlpatterns = [
    path("scans/<str:key>/share/", views.new, name="new"),
    path("shares/", views.share_list, name="list"),
    path("shares/<int:share_id>/stop/", views.stop, name="stop"),
    path("shares/close/", visitor_views.close, name="close"),
    path("shares/closed/", visitor_views.closed, name="closed"),
    path("s/<str:token>/", visitor_views.landing, name="open"),
]
