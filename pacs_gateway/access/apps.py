"""The gate as a Django app."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Registers the checks that keep the gate whole."""

    name = "pacs_gateway.access"
    label = "access"

    def ready(self) -> None:
        from pacs_gateway.access import checks  # noqa: F401
