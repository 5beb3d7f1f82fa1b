"""The department's numbers: what a manager may change without a programmer; one file a subject."""

from service.policy import aftersales, cutting, desk, quality

__all__ = ["aftersales", "cutting", "desk", "quality"]
