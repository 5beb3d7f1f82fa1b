"""What waits to be done in service, for “my work”; one file a subject."""
