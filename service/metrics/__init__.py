"""What is measured of service; one file a subject."""

from service.metrics import aftersales, chats, complaints, coverage

__all__ = ["aftersales", "chats", "complaints", "coverage"]
