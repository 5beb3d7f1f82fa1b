"""Regular reports on complaints: how they are listed, when the next is due, what they might begin with."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from service.models import Complaint, ComplaintReport
from service.policy.complaints import COMPLAINT_REPORT_DAYS
from service.queries.analysis import Analysis
from service.states import Cause
from shopops.kit.charts import percent
from shopops.kit.clock import shop_day
from shopops.kit.lists import Reader
from shopops.kit.lists.declarations import Row


def listed_reports(_reader: Reader) -> QuerySet[ComplaintReport]:
    """Return the rows of the list of reports."""
    return ComplaintReport.objects.all()


def matching_reports(text: str) -> Q:
    """Return the condition for the search box: number, who made it."""
    word = text.strip()
    return Q(number=word.upper()) | Q(made_by__name=word) | Q(findings__contains=word)


def add_report_words(rows: list[Row], _reader: Reader) -> None:
    """Put what the cells show on the rows; no query."""
    for row in rows:
        row["span"] = f"{row['first']} – {row['last']}"
        row["edge"] = "" if row["read_at"] else "warn"


def next_span(today: date) -> tuple[date, date]:
    """Return the days the next report is about: from the day after the last report's end, else the usual span."""
    last = ComplaintReport.objects.order_by("-last").values_list("last", flat=True).first()
    usual = today - timedelta(days=COMPLAINT_REPORT_DAYS() - 1)
    begins = usual if last is None else last + timedelta(days=1)
    return min(begins, today), today


def report_due() -> date | None:
    """Return the day from which the next report is due (CS-034); None while there is nothing to report on."""
    every = timedelta(days=COMPLAINT_REPORT_DAYS())
    last = ComplaintReport.objects.order_by("-last").values_list("last", flat=True).first()
    if last is not None:
        return last + every
    first = Complaint.objects.order_by("received_at").values_list("received_at", flat=True).first()
    return None if first is None else shop_day(first) + every


def first_words(found: Analysis) -> str:
    """Return what a report may begin with: the figures in a few sentences, for a person to go on from."""
    said = [
        _("%(n)s complaints were taken in, %(open)s are still worked on, %(repeated)s are repeated ones.")
        % {"n": found.received, "open": found.is_open, "repeated": found.repeated}
    ]
    if found.in_time is not None:
        said.append(
            _("%(share)s were answered in time; %(late)s late.") % {"share": percent(found.in_time), "late": found.late}
        )
    if found.causes:
        key, count = found.causes[0]
        said.append(_("Most often: %(cause)s (%(n)s).") % {"cause": Cause(key).label, "n": count})
    if found.goods:
        name, count = found.goods[0]
        said.append(_("Goods named most: %(goods)s (%(n)s).") % {"goods": name, "n": count})
    return "\n".join(said)
