"""Work of customer service in the background, one file a subject."""

from service.jobs import complaints, conversations, imports

__all__ = ["complaints", "conversations", "imports"]
