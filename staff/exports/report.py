"""What a daily report says, read from its snapshot alone; the page, the sheet and the paper show this."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shopops.kit.clock import SHANGHAI
from shopops.kit.metrics import METRICS, Metric
from shopops.kit.templatetags.shown import short_moment
from staff.exports.figures import number
from staff.models import ReportSnapshot
from staff.policy import COMPANY_NAME
from staff.queries.evidence import limit_in_words
from staff.queries.figures import written
from staff.queries.kpi import DayFigures
from staff.queries.rulebook import points_in_words

MOST_SHOPS = 3


@dataclass(frozen=True)
class Changed:
    """A figure that differs from the version before."""

    label: str
    before: str
    after: str


@dataclass
class Report:
    """A snapshot with the words around it, in the active language."""

    snapshot: ReportSnapshot

    @property
    def title(self) -> str:
        """The heading."""
        return _("Daily report")

    @cached_property
    def company(self) -> str:
        """Whose report it is: the company's name, or those of its shops as long as nobody has entered one."""
        shops = "、".join(row["name"] for row in self.figures["shops"][:MOST_SHOPS])
        return COMPANY_NAME() or shops or _("ShopOps")

    @property
    def day(self) -> date:
        """The day it is about."""
        return self.snapshot.day

    @property
    def day_in_words(self) -> str:
        """The day with its weekday."""
        return f"{self.day.isoformat()} {date_format(self.day, 'l')}"

    @property
    def subtitle(self) -> str:
        """Whose, which version, made when; and that the day is not over, if so."""
        moment = self.snapshot.made_at.astimezone(SHANGHAI)
        words = [
            self.company,
            _("version %(number)s") % {"number": self.snapshot.version},
            _("made %(at)s") % {"at": f"{moment:%Y-%m-%d %H:%M}"},
        ]
        if not self.is_over:
            words.append(_("the day is not over"))
        return " · ".join(words)

    @property
    def is_over(self) -> bool:
        """Whether the day had ended when the figures were read."""
        return bool(self.snapshot.rows.get("is_over", True))

    @property
    def figures(self) -> DayFigures:
        """The figures of the day."""
        figures: DayFigures = self.snapshot.rows["figures"]
        return figures

    @property
    def offences(self) -> list[dict[str, Any]]:
        """What was charged, a row a clause and person, with the clause's title in the active language."""
        english = get_language() == "en"
        return [
            {
                **row,
                "title": row["title_en"] if english else row["title"],
                "points_text": points_in_words(Decimal(row["points"])),
            }
            for row in self.snapshot.rows["offences"]
        ]

    @property
    def cases(self) -> list[dict[str, Any]]:
        """The single cases, as far as the snapshot holds them."""
        return [
            {
                **case,
                "deadline_text": limit_in_words(parse_datetime(case["deadline"])),
                "shipped_text": short_moment(parse_datetime(case["shipped_at"] or "")) or _("not shipped yet"),
                "points_text": points_in_words(Decimal(case["points"])),
            }
            for case in self.snapshot.rows["cases"]
        ]

    @property
    def cases_left(self) -> str:
        """How many cases the snapshot does not list, in words; nothing if it lists all."""
        left = sum(row["count"] for row in self.offences) - len(self.cases)
        return _("and %(count)s more") % {"count": left} if left > 0 else ""

    @property
    def definitions(self) -> list[tuple[Metric, int]]:
        """The metrics shown, with the version of their definition."""
        return [(METRICS[figure["metric"]], figure["version"]) for figure in self.figures["headlines"]]

    @property
    def origin(self) -> list[tuple[str, str]]:
        """Which snapshot this is."""
        return [(_("Snapshot"), self.snapshot.number), (_("Digest (SHA-256)"), self.snapshot.digest)]


def changed_since(before: ReportSnapshot, after: ReportSnapshot) -> list[Changed]:
    """Return the headlines that differ between two versions of a report, and whether other rows do."""
    earlier = {figure["metric"]: figure for figure in before.rows["figures"]["headlines"]}
    found = []
    for figure in after.rows["figures"]["headlines"]:
        old = earlier.get(figure["metric"], {"value": None})
        if old["value"] != figure["value"]:
            metric = METRICS[figure["metric"]]
            found.append(
                Changed(
                    str(metric.label), written(metric, number(old["value"])), written(metric, number(figure["value"]))
                )
            )
    for name, label in (("people", _("Work by person")), ("shops", _("Figures by shop"))):
        if before.rows["figures"][name] != after.rows["figures"][name]:
            found.append(Changed(label, "", _("has changed")))
    if before.rows["offences"] != after.rows["offences"]:
        found.append(Changed(_("Points by clause and person"), "", _("has changed")))
    return found
