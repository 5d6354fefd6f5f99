"""Addresses for load balancers, operators and browsers' reports."""

from django.urls import path

from portal.health import policy_reports, views

app_name = "health"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("policy-report", policy_reports.policy_report, name="policy-report"),
]
