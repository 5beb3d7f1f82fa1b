"""Forms of customer service, one file a subject."""
