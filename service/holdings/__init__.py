"""What somebody in service still has in hand, for handovers; one file a subject."""
