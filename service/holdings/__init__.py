"""What somebody in service still has in hand, for handovers; one file a subject."""

from service.holdings import aftersales, agents_day, complaints

__all__ = ["aftersales", "agents_day", "complaints"]
