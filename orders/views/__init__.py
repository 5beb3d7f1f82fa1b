"""Pages of orders, one file a desk."""
