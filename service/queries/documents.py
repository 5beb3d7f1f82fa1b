"""Customers' documents: when they have to leave, how they are listed."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from service.models import CustomerDocument
from service.states import DocumentState
from shopops.kit.clock import day_window, shop_day
from shopops.kit.lists import Reader
from shopops.kit.lists.declarations import Row
from shopops.kit.masking import mask_nick
from shopops.kit.templatetags.shown import due_tone, short_moment, time_left

TONES = {DocumentState.RECEIVED: "warn", DocumentState.PASSED_ON: "good", DocumentState.RETURNED: "info"}


def documents_due(received_at: datetime) -> datetime:
    """Return until when documents leave the department: the end of the day they came in (CS-070)."""
    return day_window(shop_day(received_at)).end


def listed_documents(_reader: Reader) -> QuerySet[CustomerDocument]:
    """Return the rows of the list of documents."""
    return CustomerDocument.objects.all()


def matching_documents(text: str) -> Q:
    """Return the condition for the search box: number, order number, waybill, nick."""
    word = text.strip()
    return Q(number=word.upper()) | Q(order_number=word) | Q(waybill=word) & ~Q(waybill="") | Q(buyer__nick=word)


def overnight(at: datetime) -> Q:
    """Return the condition for documents that are here although their day is over."""
    return Q(state=DocumentState.RECEIVED, received_at__lt=day_window(shop_day(at)).start)


def add_document_words(rows: list[Row], reader: Reader) -> None:
    """Put what the cells show on the rows; no query."""
    states = {one: (str(DocumentState(one).label), TONES[DocumentState(one)]) for one in DocumentState.values}
    for row in rows:
        row["state_label"], row["tone"] = states[row["state"]]
        row["nick"] = mask_nick(row["buyer__nick"] or "")
        row["received"] = short_moment(row["received_at"])
        row["due"], row["due_tone"], row["edge"] = "", "", ""
        if row["state"] == DocumentState.RECEIVED:
            due = documents_due(row["received_at"])
            row["due"], row["due_tone"] = time_left(due, reader.at), due_tone(due, reader.at)
            row["edge"] = "danger" if due < reader.at else ""
