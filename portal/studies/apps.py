"""The list of studies, the page of one study and its report."""

from django.apps import AppConfig


class StudiesConfig(AppConfig):
    """What people see first."""

    name = "portal.studies"
    label = "studies"

    def ready(self) -> None:
        from portal.studies import arrivals  # noqa: F401
