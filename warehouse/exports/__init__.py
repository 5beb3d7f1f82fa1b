"""Papers and files that leave the warehouse."""
