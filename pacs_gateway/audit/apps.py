"""The ledger as a Django app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The ledger of every access and denial."""

    name = "pacs_gateway.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
