"""What waits to be done in service, for “my work”; one file a subject."""

from service.worklists import agents_day, complaints

__all__ = ["agents_day", "complaints"]
