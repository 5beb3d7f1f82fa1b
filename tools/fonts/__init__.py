"""Making of the bundled font."""
