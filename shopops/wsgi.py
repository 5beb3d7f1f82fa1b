"""The entry for gunicorn."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shopops.settings")
settings.ENVIRONMENT.refuse_problems()  # gunicorn runs no system checks
application = get_wsgi_application()
