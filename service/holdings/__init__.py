"""What somebody in service still has in hand, for handovers; one file a subject."""

from service.holdings import agents_day, complaints

__all__ = ["agents_day", "complaints"]
