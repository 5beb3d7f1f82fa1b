"""What went wrong in service; one file a subject."""

from service.detectors import chats, presence

__all__ = ["chats", "presence"]
