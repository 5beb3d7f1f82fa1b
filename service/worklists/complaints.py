"""What waits with complaints, reviews, documents and buyers, for “my work”."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from service.models import Care, Complaint, ComplaintReport, CustomerDocument, Review
from service.policy.complaints import COMPLAINT_REVISIT_DAYS
from service.queries.complaint_reports import report_due
from service.queries.complaints import OPEN, late, revisit_due
from service.queries.documents import documents_due, overnight
from service.states import CareState, ComplaintState, DocumentState, ReviewState
from shopops.kit.clock import day_window, shop_day
from shopops.kit.masking import mask_nick
from shopops.kit.worklists import WORKLISTS, Task, Waiting, Worklist

MOST = 1000
SHOWN = 5


def _count(rows: QuerySet[Any]) -> int:
    return rows.order_by()[: MOST + 1].count()


def complaints(_employee: int, at: datetime) -> Waiting:
    """Return the complaints that are worked on; due while the buyer has no answer (CS-036)."""
    rows = Complaint.objects.filter(state__in=OPEN)
    count = _count(rows)
    first = rows.select_related("buyer").order_by("answer_by")[:SHOWN] if count else ()
    tasks = [
        Task(
            f"{one.number} {mask_nick(one.buyer.nick)}",
            one.get_absolute_url(),
            one.answer_by if one.answered_at is None else None,
            one.text[:40],
        )
        for one in first
    ]
    return Waiting(count, _count(Complaint.objects.filter(late(at))) if count else 0, tasks)


def results_to_confirm(employee: int, _at: datetime) -> Waiting:
    """Return the complaints whose result a second person confirms."""
    rows = Complaint.objects.filter(state=ComplaintState.HANDLING, answered_at__isnull=False)
    rows = rows.exclude(handler=employee).exclude(culprit=employee)
    tasks = [
        Task(one.number, one.get_absolute_url(), None, one.result[:40]) for one in rows.order_by("answered_at")[:SHOWN]
    ]
    return Waiting(_count(rows), 0, tasks)


def reports_to_make(_employee: int, at: datetime) -> Waiting:
    """Return the regular report on complaints when it is due (CS-034)."""
    due = report_due()
    if due is None or due > shop_day(at):
        return Waiting(0, 0, [])
    task = Task(str(_("Report on complaints")), reverse("service:complaint_report_new"), day_window(due).end)
    return Waiting(1, 1 if due < shop_day(at) else 0, [task])


def reports_to_read(employee: int, _at: datetime) -> Waiting:
    """Return the reports on complaints that are addressed to a person and not read yet."""
    rows = ComplaintReport.objects.filter(told=employee, read_at=None).order_by("made_at")
    tasks = [Task(one.number, one.get_absolute_url(), None, one.findings[:40]) for one in rows[:SHOWN]]
    return Waiting(_count(rows), 0, tasks)


def revisits(_employee: int, at: datetime) -> Waiting:
    """Return the archived complaints whose buyer is visited again (CS-033)."""
    rows = Complaint.objects.filter(state=ComplaintState.ARCHIVED)
    count = _count(rows)
    overdue = _count(rows.filter(archived_at__lt=at - timedelta(days=COMPLAINT_REVISIT_DAYS()))) if count else 0
    tasks = [
        Task(one.number, one.get_absolute_url(), revisit_due(one.archived_at or at), one.text[:40])
        for one in (rows.order_by("archived_at")[:SHOWN] if count else ())
    ]
    return Waiting(count, overdue, tasks)


def reviews(_employee: int, at: datetime) -> Waiting:
    """Return the middling and bad reviews nobody has dealt with (CS-020)."""
    rows = Review.objects.filter(state=ReviewState.TASK)
    count = _count(rows)
    tasks = [
        Task(f"{one.get_rating_display()} {one.order_number}", one.get_absolute_url(), one.due_at, one.text[:40])
        for one in (rows.order_by("due_at")[:SHOWN] if count else ())
    ]
    return Waiting(count, _count(rows.filter(due_at__lt=at)) if count else 0, tasks)


def causes(employee: int, _at: datetime) -> Waiting:
    """Return the reviews whose cause somebody other than the agent confirms (CS-061)."""
    rows = Review.objects.filter(Q(agent=None) | ~Q(agent=employee), state=ReviewState.HANDLED)
    tasks = [
        Task(f"{one.get_rating_display()} {one.order_number}", one.get_absolute_url(), None, one.outcome[:40])
        for one in rows.order_by("handled_at")[:SHOWN]
    ]
    return Waiting(_count(rows), 0, tasks)


def documents(_employee: int, at: datetime) -> Waiting:
    """Return the customers' documents that leave the department today (CS-070)."""
    rows = CustomerDocument.objects.filter(state=DocumentState.RECEIVED)
    count = _count(rows)
    tasks = [
        Task(f"{one.number} {one.title}", one.get_absolute_url(), documents_due(one.received_at), one.holder.name)
        for one in (rows.select_related("holder").order_by("received_at")[:SHOWN] if count else ())
    ]
    return Waiting(count, _count(rows.filter(overnight(at))) if count else 0, tasks)


def care(_employee: int, at: datetime) -> Waiting:
    """Return the messages of care to be sent today (CS-014, CS-022, CS-025)."""
    today = shop_day(at)
    rows = Care.objects.filter(state=CareState.DUE, due_on__lte=today)
    count = _count(rows)
    tasks = [
        Task(
            f"{mask_nick(one.buyer.nick)} {one.get_occasion_display()}",
            reverse("service:care_page", args=[one.pk]),
            day_window(one.due_on).end,
        )
        for one in (rows.select_related("buyer").order_by("due_on", "pk")[:SHOWN] if count else ())
    ]
    return Waiting(count, _count(rows.filter(due_on__lt=today)) if count else 0, tasks)


for _worklist in (
    Worklist(
        "service.complaints",
        _("Complaints to work on"),
        "service.handle_complaint",
        "service:complaints",
        complaints,
        icon="octagon-alert",
    ),
    Worklist(
        "service.complaints_to_confirm",
        _("Results of complaints to confirm"),
        "service.confirm_complaint",
        "service:complaints",
        results_to_confirm,
        icon="check-check",
        query="?tab=confirm",
    ),
    Worklist(
        "service.complaint_revisits",
        _("Buyers to visit again after a complaint"),
        "service.handle_complaint",
        "service:complaints",
        revisits,
        icon="star",
        query="?tab=revisit",
    ),
    Worklist(
        "service.complaint_report_due",
        _("Regular report on complaints"),
        "service.handle_complaint",
        "service:complaint_reports",
        reports_to_make,
        icon="file-text",
    ),
    Worklist(
        "service.complaint_reports_to_read",
        _("Reports on complaints to read"),
        "service.view_complaint",
        "service:complaint_reports",
        reports_to_read,
        icon="file-text",
        query="?tab=tome",
    ),
    Worklist(
        "service.reviews",
        _("Middling and bad reviews"),
        "service.handle_review",
        "service:reviews",
        reviews,
        icon="thumbs-down",
    ),
    Worklist(
        "service.review_causes",
        _("Causes of reviews to confirm"),
        "service.settle_review",
        "service:reviews",
        causes,
        icon="gavel",
        query="?tab=settle",
    ),
    Worklist(
        "service.documents",
        _("Customers' documents to leave today"),
        "service.keep_documents",
        "service:documents",
        documents,
        icon="files",
    ),
    Worklist("service.care", _("Buyers to write to"), "service.care_for_buyer", "service:care", care, icon="heart"),
):
    WORKLISTS.add(_worklist.name, _worklist)
