"""Pages of the catalog, one file a desk."""
