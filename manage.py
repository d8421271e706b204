#!/usr/bin/env python
"""Django's own commands (makemigrations, migrate, shell). Everything a user needs is `guatu --help`."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guatu.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
