"""Reviews: the list, and the page where one is dealt with and its cause confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from service.actions.reviews import (
    handle_review,
    reopen_review,
    reply_to_review,
    settle_review,
    take_review,
    unsettle_review,
)
from service.filters.complaints import ReviewFilters
from service.forms.complaints import WhyForm
from service.forms.reviews import GiveForm, HandleForm, ReplyForm, SettleForm
from service.models import Review
from service.queries.buyers import warning_of
from service.queries.reviews import (
    RATINGS,
    TONES,
    add_review_words,
    charges_of,
    listed_reviews,
    matching_reviews,
    review_due,
)
from service.states import Rating, ReviewCause, ReviewState
from shopops.kit.access import allowed
from shopops.kit.clock import now
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
from staff.models import Employee
from staff.queries.evidence import may_see
from staff.queries.history import history_of
from staff.views.asking import actor, checked
from warehouse.views.asking import Offer, asks_of, deed, in_drawer

HANDLE = "service.handle_review"
SETTLE = "service.settle_review"


def _chosen(ids: Sequence[int]) -> list[Review]:
    return list(Review.objects.filter(pk__in=ids).select_related("agent", "handler"))


def _give(ids: Sequence[int], *, by: Employee, at: datetime, to: Employee) -> Refusals:
    return one_by_one(_chosen(ids), lambda one: take_review(one, to=to, by=by, at=at))


def _handle_many(ids: Sequence[int], *, by: Employee, at: datetime, reply: str = "", outcome: str) -> Refusals:
    return one_by_one(_chosen(ids), lambda one: handle_review(one, reply=reply, outcome=outcome, by=by, at=at))


def _no_task(ids: Sequence[int], _reader: Reader) -> Refusals:
    others = Review.objects.filter(pk__in=ids).exclude(state=ReviewState.TASK).values_list("pk", flat=True)
    return dict.fromkeys(others, _("there is nothing to do"))


def _mine(reader: Reader) -> Q:
    return Q(handler=reader.by, state=ReviewState.TASK)


REVIEW_LIST = ListPage(
    name="service.reviews",
    title=_("Reviews"),
    note=_("Middling and bad ones are dealt with within hours; then somebody who did not serve confirms the cause."),
    icon="star",
    permission="service.view_review",
    rows=listed_reviews,
    values=(
        "state",
        "rating",
        "text",
        "goods",
        "order_id",
        "order_number",
        "buyer_id",
        "buyer__nick",
        "shop__name",
        "reviewed_at",
        "due_at",
        "agent__name",
        "handler__name",
        "reply",
        "outcome",
        "cause",
        "settled_by__name",
    ),
    finish=add_review_words,
    cells="service/reviews/cells.html",
    columns=(
        Column("review", _("Buyer's review"), fixed=True, card="full"),
        Column("order", _("Order and buyer"), card="full"),
        Column("written", _("Time of the review"), sort="written", card="left"),
        Column("state", _("State"), card="right"),
        Column("due", _("Due"), sort="due", card="left"),
        Column("agent", _("Served by"), card="right"),
        Column("cause", _("Cause"), card="none"),
    ),
    tabs=(
        Tab("task", _("To deal with"), Q(state=ReviewState.TASK), tone="danger", sort="due"),
        Tab("mine", _("Mine"), _mine, sort="due"),
        Tab("settle", _("Cause to confirm"), Q(state=ReviewState.HANDLED), tone="warn"),
        Tab("settled", _("Cause confirmed"), Q(state=ReviewState.SETTLED), counted=False),
        Tab("bad", _("Bad"), Q(rating=Rating.BAD), counted=False),
        Tab("all", _("All"), counted=False),
    ),
    sorts=(
        Sort("written", "reviewed_at", _("Time of the review")),
        Sort("due", "due_at", _("Due"), ascending=True, nullable=True),
    ),
    filters=ReviewFilters,
    search=matching_reviews,
    search_hint=_("Order no., buyer"),
    opens="service:review",
    row_name="order_number",
    row_tone="edge",
    batch=(
        BatchAction(
            "passing",
            _("Pass on"),
            run=_give,
            form=GiveForm,
            permission=HANDLE,
            icon="arrow-left-right",
            tabs=("task", "mine", "settle"),
        ),
        BatchAction(
            "handling",
            _("Dealt with"),
            run=_handle_many,
            skips=_no_task,
            form=HandleForm,
            permission=HANDLE,
            icon="check",
            tone="primary",
            tabs=("task", "mine"),
        ),
    ),
    export=Export(
        permission=HANDLE,
        columns=(
            ExportColumn(_("Order number"), "order_number"),
            ExportColumn(_("Shop"), "shop__name"),
            ExportColumn(_("Buyer"), "nick"),
            ExportColumn(_("Goods"), "goods"),
            ExportColumn(_("Rating"), "rating_label"),
            ExportColumn(_("The buyer's words"), "text"),
            ExportColumn(_("Time of the review"), "reviewed_at", kind="time"),
            ExportColumn(_("State"), "state_label"),
            ExportColumn(_("Served by"), "agent__name"),
            ExportColumn(_("Our reply"), "reply"),
            ExportColumn(_("What came of it"), "outcome"),
            ExportColumn(_("Cause"), "cause_label"),
            ExportColumn(_("Confirmed by"), "settled_by__name"),
        ),
    ),
    template="service/reviews/list.html",
    context=lambda request, _shown: {"may_import": actor(request).has_perm("service.import_service_files")},
    empty=Empty(_("No reviews here."), _("They come with the import of the platform's list of reviews.")),
)

REVIEW_OFFERS: tuple[Offer[Review], ...] = (
    Offer(
        "handling",
        _("Dealt with"),
        "service:review_handling",
        HANDLE,
        "check",
        when=lambda review: review.state == ReviewState.TASK,
        form=HandleForm,
        initial=lambda review: {"reply": review.reply},
        says=_("Talk to the buyer first; then write down what came of it."),
        place="first",
    ),
    Offer(
        "settlement",
        _("Confirm the cause"),
        "service:review_settlement",
        SETTLE,
        "gavel",
        when=lambda review: review.state == ReviewState.HANDLED,
        form=SettleForm,
        initial=lambda review: {"agent": review.agent_id},
        says=_("Only bad manners cost the agent points; objective causes cost nobody anything (CS-061)."),
        place="first",
    ),
    Offer(
        "reply",
        _("Reply"),
        "service:review_reply",
        HANDLE,
        "reply",
        when=lambda review: review.state != ReviewState.TASK,
        form=ReplyForm,
        initial=lambda review: {"reply": review.reply},
    ),
    Offer(
        "passing",
        _("Pass on"),
        "service:review_passing",
        HANDLE,
        "arrow-left-right",
        when=lambda review: review.state == ReviewState.TASK,
        form=GiveForm,
    ),
    Offer(
        "reopening",
        _("Make a task of it"),
        "service:review_reopening",
        HANDLE,
        "undo-2",
        when=lambda review: review.state in {ReviewState.QUIET, ReviewState.HANDLED},
        form=WhyForm,
        place="more",
    ),
    Offer(
        "unsettling",
        _("Take the cause back"),
        "service:review_unsettling",
        SETTLE,
        "undo-2",
        when=lambda review: review.state == ReviewState.SETTLED,
        form=WhyForm,
        place="more",
    ),
)


def _review(number: str) -> Review:
    found = (
        Review.objects.select_related("shop", "order", "buyer", "agent", "handler", "settled_by")
        .filter(pk=int(number))
        .first()
    )
    if found is None:
        raise Http404
    return found


@allowed("service.view_review")
@require_GET
def review(request: HttpRequest, number: int) -> HttpResponse:
    """Show a review: the buyer's words, what was done, and why it came."""
    return _page(request, str(number))


def _page(request: HttpRequest, number: str) -> HttpResponse:
    found, at = _review(number), now()
    return render(
        request,
        "service/reviews/review.html",
        {
            "review": found,
            "tone": TONES[ReviewState(found.state)],
            "rating_tone": RATINGS[Rating(found.rating)],
            "costs_points": found.rating == Rating.BAD and found.cause == ReviewCause.ATTITUDE,
            "charges": [
                {"offence": one, "points": stands.points, "is_open": may_see(one, actor(request))}
                for one, stands in charges_of(found)
            ]
            if found.state == ReviewState.SETTLED
            else [],
            "warning": warning_of(found.buyer, at=at),
            "others": Review.objects.filter(buyer=found.buyer).exclude(pk=found.pk)[:5],
            "history": history_of(found),
            "asks": asks_of(REVIEW_OFFERS, found, str(found.pk), actor(request)),
            "in_drawer": in_drawer(request),
            "at": at,
        },
    )


def _handle(request: HttpRequest, found: Review) -> str:
    handle_review(found, **checked(HandleForm(request.POST)), by=actor(request), at=now())
    return _now("Dealt with; the cause is to be confirmed.")


def _settle(request: HttpRequest, found: Review) -> str:
    settle_review(found, **checked(SettleForm(request.POST)), by=actor(request), at=now())
    return _now("The cause is confirmed.")


def _reply(request: HttpRequest, found: Review) -> str:
    reply_to_review(found, **checked(ReplyForm(request.POST)), by=actor(request), at=now())
    return _now("The reply is kept.")


def _pass(request: HttpRequest, found: Review) -> str:
    take_review(found, **checked(GiveForm(request.POST)), by=actor(request), at=now())
    return _now("%(name)s has it now.") % {"name": found.handler}


def _reopen(request: HttpRequest, found: Review) -> str:
    at = now()
    reopen_review(found, **checked(WhyForm(request.POST)), due_at=review_due(at), by=actor(request), at=at)
    return _now("It is open again.")


def _unsettle(request: HttpRequest, found: Review) -> str:
    unsettle_review(found, **checked(WhyForm(request.POST)), by=actor(request), at=now())
    return _now("The cause is taken back.")


def _deed(do: Any, permission: str = HANDLE) -> Any:
    return deed(permission, lambda number: _review(str(number)), do, page=_page, url_name="service:review")


review_handling = _deed(_handle)
review_settlement = _deed(_settle, SETTLE)
review_reply = _deed(_reply)
review_passing = _deed(_pass)
review_reopening = _deed(_reopen)
review_unsettling = _deed(_unsettle, SETTLE)
