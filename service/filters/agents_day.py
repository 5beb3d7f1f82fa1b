"""Filters of the lists of the agent's day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from orders.filters import shop_choices
from service.models import QuickPhrase, Turn
from service.queries.desk import serving_people
from service.queries.load import hours_asked
from service.states import CallDirection, Channel, ConsultTopic, FollowUpKind, FollowUpResult, TurnExclusion
from shopops.kit.clock import shop_day
from shopops.kit.lists import AnyOfFilter, DaysFilter, ExactFilter, ListFilters, OneOfFilter, WordsFilter, YesNoFilter

LONGEST_SPAN = timedelta(days=370)
EARLIEST, LATEST = date(2002, 1, 1), date(2100, 1, 1)
_ASKED = re.compile(r"([1-7])-([01]?\d|2[0-3])(?:-(\d{8})-(\d{8}))?")


def people_choices() -> Iterable[tuple[Any, Any]]:
    """Return who may serve buyers as choices."""
    return serving_people()


def group_choices() -> Iterable[tuple[Any, Any]]:
    """Return the groups of quick phrases as choices."""
    groups = QuickPhrase.objects.exclude(group="").order_by("group").values_list("group", flat=True).distinct()
    return [(group, group) for group in groups]


class OrderNumberFilter(ExactFilter):
    """Conversations about the order; most are about none, and there is an index on the others."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Keep the conversations about the order."""
        return qs.filter(~Q(order_number=""), order_number=value.strip()) if value else qs


class AskedFilter(WordsFilter):
    """Conversations in which a buyer asked at an hour of a weekday, such as `5-16` for Fridays from 16 to 17 o'clock.

    Behind it may stand the first and the last day, as the heat map of the load writes them: `5-16-20261025-20261121`.
    Without them it is about the last four weeks.
    """

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Keep the conversations with a question in those hours; none where the text means no hour."""
        if not value:
            return qs
        asked = _hour_asked(value, self.parent.reader.at)
        if asked is None:
            return qs.none()
        spans = Q()
        for start, end in hours_asked(*asked):
            spans |= Q(asked_at__gte=start, asked_at__lt=end)
        turns = Turn.objects.filter(spans).exclude(excluded=TurnExclusion.THANKS) if spans else Turn.objects.none()
        return qs.filter(pk__in=turns.values("conversation_id"))

    def say(self, value: str) -> str:
        """Return weekday and hour in words, and the days where they are said."""
        found = _ASKED.fullmatch(value.strip())
        if found is None:
            return value
        hour = int(found[2])
        words = f"{WEEKDAYS[int(found[1]) - 1]} {hour:02}:00–{hour + 1:02}:00"
        return f"{words} ({found[3]}…{found[4]})" if found[3] else words


def _hour_asked(text: str, at: datetime) -> tuple[int, int, date, date] | None:
    """Return weekday (Monday is 0), hour, first and last day; None where the text does not say them."""
    found = _ASKED.fullmatch(text.strip())
    if found is None:
        return None
    try:
        last = datetime.strptime(found[4], "%Y%m%d").date() if found[4] else shop_day(at) - timedelta(days=1)  # noqa: DTZ007 -- a day
        first = datetime.strptime(found[3], "%Y%m%d").date() if found[3] else last - timedelta(days=27)  # noqa: DTZ007 -- a day
    except ValueError:
        return None
    if not EARLIEST <= last <= LATEST:
        return None
    return int(found[1]) - 1, int(found[2]), max(first, last - LONGEST_SPAN), last


class ConversationFilters(ListFilters):
    """Filters of the list of conversations."""

    agent = AnyOfFilter(field_name="agent_id", choices=people_choices, label=_("Agent"), first=True)
    last = DaysFilter(field_name="last_at", label=_("Last message"), first=True)
    shop = AnyOfFilter(field_name="shop_id", choices=shop_choices, label=_("Shop"), first=True)
    channel = AnyOfFilter(field_name="channel", choices=Channel.choices, label=_("Channel"))
    counts = DaysFilter(field_name="report_day", dates=True, label=_("Counts for"))
    order = OrderNumberFilter(field_name="order_number", label=_("Order number"))
    night = YesNoFilter(field_name="is_night", label=_("Left overnight"))
    asked = AskedFilter(label=_("Asked in the hour"), hint=_("weekday-hour, such as 5-16"))


class ConsultationFilters(ListFilters):
    """Filters of the consultation log."""

    day = DaysFilter(field_name="logged_at", label=_("Day"), first=True)
    agent = AnyOfFilter(field_name="agent_id", choices=people_choices, label=_("Agent"), first=True)
    topic = AnyOfFilter(field_name="topic", choices=ConsultTopic.choices, label=_("Topic"), first=True)


class FollowUpFilters(ListFilters):
    """Filters of the list of follow-ups."""

    due = DaysFilter(field_name="due_at", label=_("Due"), first=True)
    agent = AnyOfFilter(field_name="agent_id", choices=people_choices, label=_("Agent"), first=True)
    kind = AnyOfFilter(field_name="kind", choices=FollowUpKind.choices, label=_("Kind"), first=True)
    result = AnyOfFilter(field_name="result", choices=FollowUpResult.choices, label=_("Result"))


class PromiseFilters(ListFilters):
    """Filters of the list of promises."""

    due = DaysFilter(field_name="due_at", label=_("Due"), first=True)
    holder = AnyOfFilter(field_name="holder_id", choices=people_choices, label=_("With"), first=True)


class FeedbackFilters(ListFilters):
    """Filters of the list of what buyers reported."""

    noted = DaysFilter(field_name="noted_at", label=_("Noted"), first=True)
    holder = AnyOfFilter(field_name="holder_id", choices=people_choices, label=_("With"), first=True)


class CallFilters(ListFilters):
    """Filters of the list of telephone calls."""

    rang = DaysFilter(field_name="rang_at", label=_("Rang at"), first=True)
    employee = AnyOfFilter(field_name="employee_id", choices=people_choices, label=_("Agent"), first=True)
    direction = OneOfFilter(field_name="direction", choices=CallDirection.choices, label=_("Who rang"))
    answered = YesNoFilter(field_name="is_answered", label=_("Call answered"))


class PhraseFilters(ListFilters):
    """Filters of the quick phrases."""

    group = OneOfFilter(field_name="group", choices=group_choices, label=_("Group"), first=True)


class AutoReplyFilters(ListFilters):
    """Filters of the automatic replies."""

    shop = AnyOfFilter(field_name="shop_id", choices=shop_choices, label=_("Shop"), first=True)
    owner = AnyOfFilter(field_name="owner_id", choices=people_choices, label=_("In charge"), first=True)


class CampaignFilters(ListFilters):
    """Filters of the campaigns."""

    shop = AnyOfFilter(field_name="shop_id", choices=shop_choices, label=_("Shop"), first=True)
    begins = DaysFilter(field_name="starts_at", label=_("Begins"), first=True)
