"""The index as a Django app."""

from django.apps import AppConfig


class IndexConfig(AppConfig):
    """Study rows, and how they follow the PACS."""

    name = "pacs_gateway.index"
    label = "index"
    default_auto_field = "django.db.models.BigAutoField"
