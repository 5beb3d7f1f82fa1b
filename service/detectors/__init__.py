"""What went wrong in service; one file a subject."""

from service.detectors import aftersales, agents_day, chats, complaints, presence

__all__ = ["aftersales", "agents_day", "chats", "complaints", "presence"]
