"""People as a Django app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Accounts, and which patient or physician stands behind each."""

    name = "portal.people"
    label = "people"

    def ready(self) -> None:
        from portal.people import proof, second_factor, session_limits, tokens  # noqa: F401
