"""Verbs of orders, one file a subject."""
