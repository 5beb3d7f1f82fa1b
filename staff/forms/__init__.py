"""HTTP in, one file a subject."""
