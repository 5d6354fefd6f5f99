"""The viewer as a Django app."""

from django.apps import AppConfig


class ViewerConfig(AppConfig):
    """Pictures for a grant."""

    name = "viewer"
    label = "viewer"

    def ready(self) -> None:
        from viewer import limits  # noqa: F401
