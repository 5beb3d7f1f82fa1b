"""What waits for somebody, one file a subject, for the menu and “my work”."""

from staff.worklists import duty, plans, rulebook
from staff.worklists.rulebook import people_to_score

__all__ = ["duty", "people_to_score", "plans", "rulebook"]
