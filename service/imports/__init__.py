"""Imports of customer service: chats, figures of agents, status logs, reviews, refunds.

One file a subject; `registry` says how a kind of file is added. Every subject registers its reader when it is imported
here.
"""

from service.imports import agent_days, chats, presence, refunds, reviews
from service.imports.registry import READERS, Field, Peek, Reader, Upload, kind_of, register_reader
from service.imports.running import Run, import_files, run_import

__all__ = [
    "READERS",
    "Field",
    "Peek",
    "Reader",
    "Run",
    "Upload",
    "agent_days",
    "chats",
    "import_files",
    "kind_of",
    "presence",
    "refunds",
    "register_reader",
    "reviews",
    "run_import",
]
