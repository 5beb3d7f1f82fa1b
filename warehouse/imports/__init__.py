"""Files that come into the warehouse."""
