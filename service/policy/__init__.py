"""The department's numbers: what a manager may change without a programmer; one file a subject."""

from service.policy import aftersales, buyers, complaints, cutting, desk, quality

__all__ = ["aftersales", "buyers", "complaints", "cutting", "desk", "quality"]
