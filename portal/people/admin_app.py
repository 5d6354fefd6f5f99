"""The admin pages as a Django app, apart from their site because apps load before models."""

from django.contrib.admin.apps import AdminConfig


class ClinicAdminConfig(AdminConfig):
    """Stands in INSTALLED_APPS in the place of django.contrib.admin."""

    default_site = "portal.people.admin_site.ClinicAdminSite"
