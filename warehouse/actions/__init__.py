"""Verbs of the warehouse, one file a subject."""
