"""Filters of the lists of customer service, one file a subject."""
