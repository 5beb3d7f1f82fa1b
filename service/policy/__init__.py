"""The department's numbers: what a manager may change without a programmer; one file a subject."""

from service.policy import desk

__all__ = ["desk"]
