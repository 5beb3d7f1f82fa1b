"""What is measured of service; one file a subject."""

from service.metrics import chats, coverage

__all__ = ["chats", "coverage"]
