"""The real pages and the plain ones, for gunicorn."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shopops.settings")
import shopops.wsgi  # noqa: F401 -- sets Django up
from tools.bench.plain_pages import make_application

application = make_application()
