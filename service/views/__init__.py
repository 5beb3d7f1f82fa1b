"""Pages of customer service, one file a desk."""
