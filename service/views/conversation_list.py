"""The list of conversations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from service.actions.conversations import close_conversation, pass_conversation, take_conversation
from service.filters.agents_day import ConversationFilters
from service.forms.agents_day import AnnotationForm, ColleagueForm
from service.models import Conversation
from service.queries.conversations import OPEN, add_conversation_words, listed_conversations, matching_conversations
from service.states import ConversationState
from shopops.kit.lists import (
    BatchAction,
    Column,
    Empty,
    Export,
    ExportColumn,
    ListPage,
    Reader,
    Refusals,
    Sort,
    Tab,
    one_by_one,
)
from shopops.kit.masking import mask_nick
from staff.models import Employee


def _take(ids: Sequence[int], *, by: Employee, at: datetime) -> Refusals:
    return one_by_one(Conversation.objects.filter(pk__in=ids), lambda one: take_conversation(one, by=by, at=at))


def _pass(ids: Sequence[int], *, by: Employee, at: datetime, to: Employee, note: str) -> Refusals:
    found = Conversation.objects.filter(pk__in=ids)
    return one_by_one(found, lambda one: pass_conversation(one, to, note=note, by=by, at=at))


def _close(ids: Sequence[int], *, by: Employee, at: datetime, annotation: str) -> Refusals:
    """Close many; what is annotated already keeps its annotation."""

    def close(one: Conversation) -> None:
        close_conversation(one, annotation="" if one.annotation else annotation, by=by, at=at)

    return one_by_one(Conversation.objects.filter(pk__in=ids), close)


def _closed(ids: Sequence[int], _reader: Reader) -> Refusals:
    closed = Conversation.objects.filter(pk__in=ids, state=ConversationState.CLOSED).values_list("pk", flat=True)
    return dict.fromkeys(closed, _("is closed"))


def _mine(reader: Reader) -> Q:
    return OPEN & Q(agent=reader.by)


CONVERSATION_LIST = ListPage(
    name="service.conversation_list",
    title=_("Conversations"),
    note=_("What buyers and the shop wrote, cut into conversations; who answers for each."),
    icon="messages-square",
    permission="service.view_conversation",
    rows=listed_conversations,
    values=(
        "state",
        "channel",
        "buyer__nick",
        "shop__name",
        "agent__name",
        "opened_at",
        "last_at",
        "waiting_since",
        "due_at",
        "first_reply_at",
        "is_night",
        "preview",
        "order_number",
        "buyer_messages",
        "agent_messages",
        "robot_messages",
        "annotation",
    ),
    finish=add_conversation_words,
    cells="service/conversations/cells.html",
    columns=(
        Column("buyer", _("Buyer"), fixed=True, card="full"),
        Column("words", _("Last words"), card="full"),
        Column("state", _("State"), card="left"),
        Column("agent", _("Agent"), card="left"),
        Column("first", _("First reply"), end=True, card="right"),
        Column("counts", _("Messages"), end=True, card="none"),
        Column("last", _("Last message"), sort="last", card="right"),
        Column("due", _("To be finished by"), card="left"),
        Column("annotation", _("Annotation"), card="none", shown=False),
    ),
    tabs=(
        Tab("waiting", _("Waiting to be answered"), Q(state=ConversationState.WAITING), tone="warn", sort="-waiting"),
        Tab("mine", _("Mine"), _mine),
        Tab("open", _("Replied to"), OPEN & Q(state=ConversationState.OPEN)),
        Tab("escalated", _("With a superior"), OPEN & Q(state=ConversationState.ESCALATED), tone="danger"),
        Tab("night", _("Left overnight"), OPEN & Q(is_night=True), tone="warn"),
        Tab("closed", _("Closed"), Q(state=ConversationState.CLOSED), counted=False),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(
        Sort("last", "last_at", _("Last message")),
        Sort("waiting", "waiting_since", _("Waiting since"), nullable=True),
    ),
    filters=ConversationFilters,
    search=matching_conversations,
    search_hint=_("Buyer's nick, order no."),
    opens="service:conversation",
    row_name="buyer__nick",
    row_tone="edge",
    batch=(
        BatchAction(
            "taking",
            _("Take it on"),
            run=_take,
            skips=_closed,
            permission="service.serve_buyer",
            icon="hand",
            tabs=("waiting", "open", "escalated", "night", "all"),
        ),
        BatchAction(
            "passing",
            _("Pass on"),
            run=_pass,
            skips=_closed,
            form=ColleagueForm,
            permission="service.serve_buyer",
            icon="arrow-right",
        ),
        BatchAction(
            "closing",
            _("Close"),
            run=_close,
            skips=_closed,
            form=AnnotationForm,
            permission="service.serve_buyer",
            icon="check-check",
            tone="primary",
            says=_("The annotation is written where there is none yet; each conversation keeps its own."),
        ),
    ),
    export=Export(
        permission="service.export_conversations",
        columns=(
            ExportColumn(_("Buyer"), lambda row: mask_nick(row["buyer__nick"])),
            ExportColumn(_("Nick in full"), "buyer__nick", permission="orders.reveal_personal_data"),
            ExportColumn(_("Shop"), "shop__name"),
            ExportColumn(_("Channel"), "channel_label"),
            ExportColumn(_("State"), "state_label"),
            ExportColumn(_("Agent"), lambda row: row["agent__name"] or ""),
            ExportColumn(_("Opened at"), "opened_at", kind="time"),
            ExportColumn(_("First reply at"), "first_reply_at", kind="time"),
            ExportColumn(_("Last message"), "last_at", kind="time"),
            ExportColumn(_("Buyer's messages"), "buyer_messages", kind="count"),
            ExportColumn(_("Our messages"), "agent_messages", kind="count"),
            ExportColumn(_("Robot's messages"), "robot_messages", kind="count"),
            ExportColumn(_("Order number"), "order_number"),
            ExportColumn(_("Annotation"), "annotation"),
        ),
    ),
    template="service/list_page.html",
    empty=Empty(_("No conversations here."), _("They appear when chat records are imported."), "", ""),
)
