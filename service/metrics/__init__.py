"""What is measured of service; one file a subject."""

from service.metrics import aftersales, agents_day, chats, complaints, coverage

__all__ = ["aftersales", "agents_day", "chats", "complaints", "coverage"]
