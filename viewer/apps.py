"""The viewer as a Django app."""

from django.apps import AppConfig


class ViewerConfig(AppConfig):
    """Pictures for a grant."""

    name = "viewer"
    label = "viewer"

    def ready(self) -> None:
        from pacs_gateway.index.signals import studies_arrived
        from viewer import first, limits  # noqa: F401

        studies_arrived.connect(first.when_studies_arrive, dispatch_uid="viewer.first")
