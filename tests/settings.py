"""Settings of a test run: a throw-away home, the store named by GUATU_TEST_DATABASE_URL (empty: SQLite in memory)."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# One folder per process, so that two test workers never share files; gone when the process ends.
_home = tempfile.mkdtemp(prefix="guatu-test-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["GUATU_HOME"] = _home
Path(_home, "static").mkdir()  # whitenoise warns about a folder that is not there
os.environ["GUATU_DATABASE_URL"] = os.environ.get("GUATU_TEST_DATABASE_URL", "")
for _name in (
    "GUATU_DEBUG",
    "GUATU_HTTPS",
    "GUATU_HOSTS",
    "GUATU_ORIGINS",
    "GUATU_SECRET_KEY",
    "GUATU_OFFICE_KEY",
):
    os.environ.pop(_name, None)

from guatu.kernel.words import compile_catalogues  # noqa: E402

compile_catalogues()  # as every start of the product does

from guatu.settings import *  # noqa: E402, F403
from guatu.settings import INSTALLED_APPS as _APPS  # noqa: E402

# the migration lint speaks through manage.py
INSTALLED_APPS = [*_APPS, "django_migration_linter"]
