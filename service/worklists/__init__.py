"""What waits to be done in service, for “my work”; one file a subject."""

from service.worklists import aftersales, agents_day, complaints

__all__ = ["aftersales", "agents_day", "complaints"]
