"""What waits with complaints, reviews, documents and buyers, for “my work”."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
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
from shopops.kit.worklists import NOTHING, WORKLISTS, Rows, Task, Waiting, Worklist

complaints = Rows(
    lambda _employee, _at: Complaint.objects.filter(state__in=OPEN),
    lambda one: Task(
        f"{one.number} {mask_nick(one.buyer.nick)}",
        one.get_absolute_url(),
        one.answer_by if one.answered_at is None else None,
        one.text[:40],
    ),
    ("answer_by",),
    late=late,
    related=("buyer",),
)
"""The complaints that are worked on; due while the buyer has no answer (CS-036)."""
results_to_confirm = Rows(
    lambda employee, _at: (
        Complaint.objects.filter(state=ComplaintState.HANDLING, answered_at__isnull=False)
        .exclude(handler=employee)
        .exclude(culprit=employee)
    ),
    lambda one: Task(one.number, one.get_absolute_url(), None, one.result[:40]),
    ("answered_at",),
)
"""The complaints whose result a second person confirms."""
reports_to_read = Rows(
    lambda employee, _at: ComplaintReport.objects.filter(told=employee, read_at=None),
    lambda one: Task(one.number, one.get_absolute_url(), None, one.findings[:40]),
    ("made_at",),
)
"""The reports on complaints that are addressed to a person and not read yet."""
revisits = Rows(
    lambda _employee, _at: Complaint.objects.filter(state=ComplaintState.ARCHIVED),
    lambda one: Task(
        one.number, one.get_absolute_url(), one.archived_at and revisit_due(one.archived_at), one.text[:40]
    ),
    ("archived_at",),
    late=lambda at: Q(archived_at__lt=at - timedelta(days=COMPLAINT_REVISIT_DAYS())),
)
"""The archived complaints whose buyer is visited again (CS-033)."""
reviews = Rows(
    lambda _employee, _at: Review.objects.filter(state=ReviewState.TASK),
    lambda one: Task(
        f"{one.get_rating_display()} {one.order_number}", one.get_absolute_url(), one.due_at, one.text[:40]
    ),
    ("due_at",),
    late=lambda at: Q(due_at__lt=at),
)
"""The middling and bad reviews nobody has dealt with (CS-020)."""
causes = Rows(
    lambda employee, _at: Review.objects.filter(Q(agent=None) | ~Q(agent=employee), state=ReviewState.HANDLED),
    lambda one: Task(f"{one.get_rating_display()} {one.order_number}", one.get_absolute_url(), None, one.outcome[:40]),
    ("handled_at",),
)
"""The reviews whose cause somebody other than the agent confirms (CS-061)."""
documents = Rows(
    lambda _employee, _at: CustomerDocument.objects.filter(state=DocumentState.RECEIVED),
    lambda one: Task(
        f"{one.number} {one.title}", one.get_absolute_url(), documents_due(one.received_at), one.holder.name
    ),
    ("received_at",),
    late=overnight,
    related=("holder",),
)
"""The customers' documents that leave the department today (CS-070)."""
care = Rows(
    lambda _employee, at: Care.objects.filter(state=CareState.DUE, due_on__lte=shop_day(at)),
    lambda one: Task(
        f"{mask_nick(one.buyer.nick)} {one.get_occasion_display()}",
        reverse("service:care_page", args=[one.pk]),
        day_window(one.due_on).end,
    ),
    ("due_on", "pk"),
    late=lambda at: Q(due_on__lt=shop_day(at)),
    related=("buyer",),
)
"""The messages of care to be sent today (CS-014, CS-022, CS-025)."""


def reports_to_make(_employee: int, at: datetime) -> Waiting:
    """Return the regular report on complaints when it is due (CS-034)."""
    due = report_due()
    if due is None or due > shop_day(at):
        return NOTHING
    task = Task(str(_("Report on complaints")), reverse("service:complaint_report_new"), day_window(due).end)
    return Waiting(1, 1 if due < shop_day(at) else 0, [task])


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
