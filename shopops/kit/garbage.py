"""Holding off the garbage collector while thousands of rows are made, none of which is garbage yet.

The collector walks every live object again and again while a batch builds up; that took half of the Python time of
approving ten thousand orders. Reference counts go on freeing what is no longer needed; only cycles wait.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Hold off the collection of cycles inside the block; nested blocks and a collector switched off stay so."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
