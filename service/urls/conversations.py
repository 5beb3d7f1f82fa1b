"""Addresses of conversations, and their lines of the menu."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _

from service.views import conversation
from service.views.conversation_list import CONVERSATION_LIST
from shopops.kit.lists import list_urls
from shopops.kit.navigation import Entry

PATHS: list[URLPattern | URLResolver] = [
    path("conversations/", include(list_urls(CONVERSATION_LIST))),
    path("conversation/<int:key>/", conversation.conversation, name="conversation"),
    *(
        path(
            f"conversation/<int:key>/{noun}/",
            getattr(conversation, f"conversation_{noun}"),
            name=f"conversation_{noun}",
        )
        for noun in (
            "annotation",
            "closing",
            "taking",
            "passing",
            "escalation",
            "reopening",
            "consultation",
            "promise",
            "feedback",
        )
    ),
]

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "service.conversations",
        _("Conversations"),
        "service:conversation_list",
        "service.view_conversation",
        icon="messages-square",
        waits="service.conversations",
        covers=("/service/conversation/",),
    ),
)
