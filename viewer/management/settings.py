"""Settings for commands that work alone, on a machine with no site: no database, PACS, Redis or secrets."""

INSTALLED_APPS = ["viewer"]
USE_I18N = False
LOGGING_CONFIG = None
