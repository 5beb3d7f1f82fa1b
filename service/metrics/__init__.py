"""What is measured of service; one file a subject."""
