"""Tables of customer service."""
