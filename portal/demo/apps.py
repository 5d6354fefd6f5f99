"""The demo as a Django app, installed in demo mode only."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Sample studies and accounts."""

    name = "portal.demo"
    label = "demo"
