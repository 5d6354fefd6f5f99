"""Health as a Django app, so that workers find its task."""

from django.apps import AppConfig


class HealthConfig(AppConfig):
    """Whether the site and its parts are well."""

    name = "portal.health"
    label = "health"
