"""The application as servers load it: the intake door beside Django in one process."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guatu.settings")

application = get_asgi_application()
