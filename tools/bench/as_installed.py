"""What gunicorn reads before it serves for a bench: packages that only tests and tools bring are not there.

structlog takes them along where they are installed, 4 MiB a worker; `requirements/production.txt` has none of them.
"""

from __future__ import annotations

import sys

for name in ("rich", "pygments", "greenlet"):
    sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # None halts an import, says the import system
