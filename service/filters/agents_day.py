"""Filters of the lists of the agent's day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from orders.filters import shop_choices
from service.models import QuickPhrase
from service.queries.desk import serving_people
from service.states import CallDirection, Channel, ConsultTopic, FollowUpKind, FollowUpResult
from shopops.kit.lists import AnyOfFilter, DaysFilter, ExactFilter, ListFilters, OneOfFilter, YesNoFilter


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


class ConversationFilters(ListFilters):
    """Filters of the list of conversations."""

    agent = AnyOfFilter(field_name="agent_id", choices=people_choices, label=_("Agent"), first=True)
    last = DaysFilter(field_name="last_at", label=_("Last message"), first=True)
    shop = AnyOfFilter(field_name="shop_id", choices=shop_choices, label=_("Shop"), first=True)
    channel = AnyOfFilter(field_name="channel", choices=Channel.choices, label=_("Channel"))
    counts = DaysFilter(field_name="report_day", dates=True, label=_("Counts for"))
    order = OrderNumberFilter(field_name="order_number", label=_("Order number"))
    night = YesNoFilter(field_name="is_night", label=_("Left overnight"))


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
    answered = YesNoFilter(field_name="is_answered", label=_("Answered"))


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
