"""What is measured of complaints, reviews and how content buyers are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Case, CharField, Count, F, IntegerField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, Extract, Floor
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orders.metrics.readers import by_person, by_shop, paid_on
from service.models import Complaint, FollowUp, Review, Survey
from service.states import ComplaintState, FollowUpResult, FollowUpState, Rating
from shopops.kit.clock import SHANGHAI, day_window
from shopops.kit.masking import mask_nick
from shopops.kit.metrics import METRICS, Fact, FactRows, ListFacts, Metric, Reading
from staff.models import Shop

CONTENT = 4
"""From this grade of five on a buyer is content."""
BEARABLE = 3
"""From this grade on the buyer of a complaint says that the problem is solved."""
REACHED = (
    FollowUpResult.BOUGHT,
    FollowUpResult.THINKING,
    FollowUpResult.CONTENT,
    FollowUpResult.NOT_INTERESTED,
    FollowUpResult.TROUBLE,
)
"""Results of follow-ups in which the buyer was reached."""

Parts = tuple[QuerySet[Any], ...]


def _one_if(condition: Q) -> Case:
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def surveys_of(day: date) -> QuerySet[Any]:
    """Return the surveys buyers answered on a day."""
    start, end = day_window(day)
    return Survey.objects.filter(answered_at__gte=start, answered_at__lt=end, rating__isnull=False).annotate(
        person=F("agent_id"),
        good=_one_if(Q(rating__gte=CONTENT)),
        grade=F("rating"),
        document=Value("survey"),
        key=Cast("pk", CharField()),
        nick=F("buyer__nick"),
        moment=F("answered_at"),
    )


def _revisited(day: date, least: int) -> QuerySet[Any]:
    start, end = day_window(day)
    return Complaint.objects.filter(revisited_at__gte=start, revisited_at__lt=end, rating__isnull=False).annotate(
        person=F("handler_id"),
        good=_one_if(Q(rating__gte=least)),
        grade=F("rating"),
        document=Value("complaint"),
        key=Cast("number", CharField()),
        nick=F("buyer__nick"),
        moment=F("revisited_at"),
    )


def followed_up(day: date) -> QuerySet[Any]:
    """Return the follow-ups of a day in which the buyer was reached."""
    start, end = day_window(day)
    reached = FollowUp.objects.filter(done_at__gte=start, done_at__lt=end, state=FollowUpState.DONE, result__in=REACHED)
    return reached.annotate(
        person=F("agent_id"),
        good=_one_if(~Q(result=FollowUpResult.TROUBLE)),
        grade=Value(0),
        document=Value("follow_up"),
        key=Cast("pk", CharField()),
        nick=F("buyer__nick"),
        moment=F("done_at"),
    )


def satisfied_on(day: date) -> Parts:
    """Return what buyers said on a day: surveys, and the evaluation sheets of complaints."""
    return surveys_of(day), _revisited(day, CONTENT)


def asked_on(day: date) -> Parts:
    """Return the problems whose solution a buyer spoke of on a day."""
    return _revisited(day, BEARABLE), followed_up(day)


def share_of(parts: Callable[[date], Parts]) -> Callable[[date], Iterator[Reading]]:
    """Return a reader of the share that is good, by person and in all, over several kinds of documents."""

    def read(day: date) -> Iterator[Reading]:
        good: Counter[int | None] = Counter()
        whole: Counter[int | None] = Counter()
        for part in parts(day):
            for person, hits, count in part.order_by().values_list("person").annotate(Sum("good"), Count("pk")):
                good[person] += hits or 0
                whole[person] += count
        for person in sorted(key for key in whole if key is not None):
            yield Reading(good[person], whole[person], employee_id=person)
        yield Reading(good.total(), whole.total())

    return read


def facts_of(parts: Callable[[date], Parts]) -> ListFacts:
    """Return a function that lists the documents behind such a share, the worst first."""
    pages = {"survey": "service:survey", "complaint": "service:complaint", "follow_up": "service:follow_up"}

    def show(document: str, key: str, nick: str, grade: int, good: int, moment: datetime) -> Fact:
        words = f"{moment.astimezone(SHANGHAI):%H:%M}" + (f" · {grade}/5" if grade else "")
        return Fact(
            mask_nick(nick),
            reverse(pages[document], args=[key]),
            words,
            tag=_("content") if good else _("discontent"),
            tone="good" if good else "danger",
        )

    def facts(day: date, _shop_id: int | None, employee_id: int | None) -> FactRows:
        names = ("document", "key", "nick", "grade", "good", "moment")
        wanted = [part.filter(person=employee_id) if employee_id else part for part in parts(day)]
        first, *others = [part.order_by().values_list(*names) for part in wanted]
        return FactRows(first.union(*others, all=True).order_by("good", "moment"), show)

    return facts


def due_on(day: date) -> QuerySet[Complaint]:
    """Return the complaints whose buyer was to be answered on a day; withdrawn ones count as answered."""
    start, end = day_window(day)
    return Complaint.objects.filter(answer_by__gt=start, answer_by__lte=end).annotate(
        person=Coalesce("late_handler_id", "handler_id", "received_by_id")
    )


def answered_on(day: date) -> QuerySet[Complaint]:
    """Return the complaints whose buyer had the first answer on a day, with the minutes it took."""
    start, end = day_window(day)
    answered = Complaint.objects.filter(answered_at__gte=start, answered_at__lt=end)
    wait = Extract(F("answered_at") - F("received_at"), "epoch") / 60.0
    return answered.exclude(state=ComplaintState.WITHDRAWN).annotate(minutes=Cast(Floor(wait), IntegerField()))


def received_on(day: date) -> QuerySet[Complaint]:
    """Return the complaints received on a day."""
    start, end = day_window(day)
    return Complaint.objects.filter(received_at__gte=start, received_at__lt=end)


def reviewed_on(day: date) -> QuerySet[Review]:
    """Return the reviews written on a day."""
    start, end = day_window(day)
    return Review.objects.filter(reviewed_at__gte=start, reviewed_at__lt=end)


def read_complaint_rate(day: date) -> Iterator[Reading]:
    """Say how many complaints came in for the orders paid on a day, shop by shop and in all."""
    complaints = dict(received_on(day).order_by().values_list("shop_id").annotate(Count("pk")))
    orders = dict(paid_on(day).order_by().values_list("shop_id").annotate(Count("pk")))
    for shop in Shop.objects.order_by("pk").values_list("pk", flat=True):
        yield Reading(complaints.get(shop, 0), orders.get(shop, 0), shop_id=shop)
    yield Reading(sum(complaints.values()), sum(orders.values()))


def complaint_facts(
    rows: Callable[[date], QuerySet[Complaint]], *, person: str = "", minutes: bool = False
) -> ListFacts:
    """Return a function that lists complaints behind a reading, the slowest first."""

    def show(number: str, words: str, limit: datetime, answered: datetime | None, *more: int) -> Fact:
        in_time = answered is not None and answered <= limit
        return Fact(
            number,
            reverse("service:complaint", args=[number]),
            words[:60],
            more[0] if more else None,
            tag=_("in time") if in_time else _("late"),
            tone="good" if in_time else "danger",
        )

    def facts(day: date, shop_id: int | None, employee_id: int | None) -> FactRows:
        found = rows(day)
        if shop_id:
            found = found.filter(shop_id=shop_id)
        if employee_id:
            found = found.filter(**{person: employee_id}) if person else found.none()
        names = ("number", "text", "answer_by", "answered_at", *(("minutes",) if minutes else ()))
        order = ("-minutes", "pk") if minutes else ("received_at", "pk")
        return FactRows(found.order_by(*order).values_list(*names), show)

    return facts


def review_facts(day: date, shop_id: int | None, employee_id: int | None) -> FactRows:
    """List the reviews of a day, the bad ones first."""

    def show(pk: int, order: str, rating: str, text: str) -> Fact:
        tone = {Rating.GOOD: "good", Rating.MIDDLING: "warn"}.get(Rating(rating), "danger")
        return Fact(order, reverse("service:review", args=[pk]), text[:60], tag=Rating(rating).label, tone=tone)

    found = reviewed_on(day)
    if shop_id:
        found = found.filter(shop_id=shop_id)
    if employee_id:
        found = found.none()
    return FactRows(found.order_by("rating", "pk").values_list("pk", "order_number", "rating", "text"), show)


for metric in (
    Metric(
        "service.satisfaction",
        _("Content buyers"),
        _(
            "Of what buyers said on the day in surveys and on the evaluation sheets of complaints, the share that is "
            "content: 4 or 5 of 5. Counted for who served, or handled the complaint."
        ),
        "share",
        "more",
        share_of(satisfied_on),
        facts_of(satisfied_on),
        answers="team",
        register_ids=("STF-194", "CS-040"),
    ),
    Metric(
        "service.complaints_in_time",
        _("Complaints answered in time"),
        _(
            "Of the complaints whose time ended on the day, the share whose buyer had an answer by then (CS-036). "
            "Counted for who handled it when the time ended."
        ),
        "share",
        "more",
        by_person(due_on, Count("pk", filter=Q(answered_at__lte=F("answer_by"))), "person", Count("pk")),
        complaint_facts(due_on, person="person"),
        answers="team",
        register_ids=("STF-195", "CS-036"),
    ),
    Metric(
        "service.problems_solved",
        _("Problems solved"),
        _(
            "Of the problems whose solution a buyer spoke of on the day – complaints visited again and follow-ups that "
            "reached the buyer –, the share the buyer says is solved: 3 or more of 5, or no trouble left."
        ),
        "share",
        "more",
        share_of(asked_on),
        facts_of(asked_on),
        answers="team",
        register_ids=("STF-196",),
    ),
    Metric(
        "service.complaint_rate",
        _("Complaints by orders"),
        _("Complaints received on the day divided by the orders paid on the day."),
        "share",
        "less",
        read_complaint_rate,
        complaint_facts(received_on),
        by_shop=True,
        register_ids=("CS-035",),
    ),
    Metric(
        "service.complaint_minutes",
        _("Minutes to answer a complaint"),
        _("Whole minutes from the receipt of a complaint to the first answer, nights included, on average of the day."),
        "minutes",
        "less",
        by_person(answered_on, Sum("minutes"), "handler_id", Count("pk")),
        complaint_facts(answered_on, person="handler_id", minutes=True),
        answers="team",
        register_ids=("CS-036",),
    ),
    Metric(
        "service.bad_reviews",
        _("Bad reviews by reviews"),
        _("Of the reviews written on the day, the share that is bad."),
        "share",
        "less",
        by_shop(reviewed_on, Count("pk", filter=Q(rating=Rating.BAD)), Count("pk")),
        review_facts,
        by_shop=True,
        register_ids=("CS-020",),
    ),
):
    METRICS.add(metric.name, metric)
