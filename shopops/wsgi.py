"""The entry for gunicorn."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shopops.settings")
settings.ENVIRONMENT.refuse_problems()  # gunicorn runs no system checks
application = get_wsgi_application()

gc.collect()  # what is loaded now stays: the collector need not walk it again and again while pages are made
gc.freeze()
