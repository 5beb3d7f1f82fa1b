"""The agent's day."""
