"""Sharing as a Django app."""

from django.apps import AppConfig


class SharingConfig(AppConfig):
    """Links that open exactly some studies for a while."""

    name = "portal.sharing"
    label = "sharing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from portal.sharing import visits  # noqa: F401
