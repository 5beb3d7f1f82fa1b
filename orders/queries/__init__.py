"""Questions about orders, one file a subject."""
