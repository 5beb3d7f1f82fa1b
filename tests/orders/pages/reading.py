"""Reading the answers of pages."""

from __future__ import annotations


def text_of(response) -> str:
    """Return a page as text."""
    assert response.status_code == 200, response.content[:500]
    return response.content.decode()


def english(client) -> None:
    """Choose English as the person's language."""
    client.cookies["django_language"] = "en"
