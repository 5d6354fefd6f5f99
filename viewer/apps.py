"""The viewer as a Django app."""

from django.apps import AppConfig, apps


class ViewerConfig(AppConfig):
    """Pictures for a grant."""

    name = "viewer"
    label = "viewer"

    def ready(self) -> None:
        from viewer import compiling, limits  # noqa: F401

        if apps.is_installed("pacs_gateway.index"):
            self._listen()

    def _listen(self) -> None:
        """Follow the index, which `manage.py render` does without."""
        from pacs_gateway.index.signals import studies_arrived
        from viewer import first

        studies_arrived.connect(first.when_studies_arrive, dispatch_uid="viewer.first")
