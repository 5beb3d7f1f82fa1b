"""Pages of the warehouse, one file a desk."""
