"""Questions about goods, one file a subject."""
