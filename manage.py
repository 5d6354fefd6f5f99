#!/usr/bin/env python
"""Run a management command."""

import os
import sys

# These work without a site, so they must not ask for one's settings.
ALONE = ("render",)


def main() -> None:
    """Hand the command line to Django."""
    is_alone = len(sys.argv) > 1 and sys.argv[1] in ALONE
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "viewer.management.settings" if is_alone else "portal.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
