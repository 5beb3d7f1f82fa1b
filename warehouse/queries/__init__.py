"""Questions about the warehouse, one file a subject."""
