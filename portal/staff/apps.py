"""The desk as a Django app."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    """What clinic staff do: search the archives and enrol people."""

    name = "portal.staff"
    label = "staff"
