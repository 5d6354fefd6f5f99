"""Downloads as a Django app."""

from django.apps import AppConfig


class DownloadsConfig(AppConfig):
    """A copy of a study to keep."""

    name = "portal.downloads"
    label = "downloads"
