"""Background work of complaints and buyers. Thin: each calls the middle and ends."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from service.actions.blacklist import lift_expired
from service.actions.care import plan_care
from service.actions.complaint_clock import escalate_late_complaints
from service.actions.reckoning import reckon_buyers
from service.exports.complaints import complaint_report_pdf, complaint_sheet_pdf
from service.models import Complaint, ComplaintReport
from shopops.kit.clock import shop_day
from shopops.kit.jobs import Progress, job


def _keep(progress: Progress, pdf: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "paper.pdf"
        path.write_bytes(pdf)
        progress.keep_file(path, name)


@job("service.escalate_complaints", label=_("Take late complaints up a level"))
def escalate_complaints_job(progress: Progress) -> dict[str, Any]:
    """Take complaints whose time has passed without an answer to the next superior."""
    return {"escalated": escalate_late_complaints(at=progress.started_at)}


@job("service.complaint_sheet", label=_("Sheet of a complaint"), queue="high")
def complaint_sheet_job(progress: Progress, *, complaint_id: int, form: str) -> dict[str, Any]:
    """Print the register sheet or the evaluation sheet of a complaint."""
    people = ("handler", "received_by", "registered_by", "resolved_by", "revisited_by", "reported_to", "culprit")
    found = Complaint.objects.select_related("shop", "buyer", "order", "unit", "repeats", *people).get(pk=complaint_id)
    name = gettext("Customer evaluation sheet") if form == "evaluation" else gettext("Complaint register sheet")
    _keep(progress, complaint_sheet_pdf(found, form=form), f"{name}_{found.number}.pdf")
    return {"url": found.get_absolute_url()}


@job("service.complaint_report", label=_("Report on complaints"), queue="high")
def complaint_report_job(progress: Progress, *, report_id: int) -> dict[str, Any]:
    """Print a regular report on complaints."""
    report = ComplaintReport.objects.select_related("made_by", "told").get(pk=report_id)
    _keep(progress, complaint_report_pdf(report), f"{gettext('Report on complaints')}_{report.number}.pdf")
    return {"url": report.get_absolute_url()}


@job("service.care_for_buyers", label=_("Reckon buyers, and list who to write to"))
def care_for_buyers_job(progress: Progress, *, day: str = "") -> dict[str, Any]:  # noqa: ARG001 -- the night's name
    """Reckon every buyer anew, take expired entries off the blacklist, and list today's messages of care."""
    at = progress.started_at
    lifted = lift_expired(at=at)
    reckoned = reckon_buyers(at=at)
    return {**reckoned, "lifted": lifted, "care": plan_care(shop_day(at), at=at), "url": reverse("service:care")}
