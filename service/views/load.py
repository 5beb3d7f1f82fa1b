"""Load and roster: when buyers ask, who is there, and where people are missing."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from service.queries.load import FIRST_HOUR, LAST_HOUR, Hour, Load, Shortage, load_of
from shopops.kit.access import allowed
from shopops.kit.charts import heat_map, plain
from shopops.kit.clock import now, shop_day

WEEKS = (1, 4, 12)
USUAL_WEEKS = 4
MOST_SENTENCES = 6
EARLIEST = date(2000, 1, 1)
"""Nobody asked anything before."""


def weekdays() -> list[str]:
    """Return the names of the days of the week in the language of whoever reads."""
    return [str(WEEKDAYS[number]) for number in range(7)]


@allowed("service.lead_service")
@require_GET
def load(request: HttpRequest) -> HttpResponse:
    """Show questions and people by hour of the week, and where they do not fit."""
    asked = request.GET.get("weeks", "")
    weeks = int(asked) if asked in {str(one) for one in WEEKS} else USUAL_WEEKS
    until = request.GET.get("until", "")
    ahead = request.GET.get("roster") == "next"
    today = shop_day(now())
    found = load_of(_last_day(until, today), weeks, ahead_from=today if ahead else None)
    names = weekdays()
    hours = [f"{hour}" for hour in range(FIRST_HOUR, LAST_HOUR)]
    shortages = found.shortages
    kept = {"until": until} if until else {}
    return render(
        request,
        "service/load/load.html",
        {
            "load": found,
            "weeks": weeks,
            "spans": [
                (one, urlencode({"weeks": one, **kept, **({"roster": "next"} if ahead else {})})) for one in WEEKS
            ],
            "rosters": [
                (_("of these weeks"), urlencode({"weeks": weeks, **kept}), not ahead),
                (_("planned for the next 7 days"), urlencode({"weeks": weeks, **kept, "roster": "next"}), ahead),
            ],
            "sentences": [_sentence(one, names) for one in shortages[:MOST_SENTENCES]],
            "others": max(len(shortages) - MOST_SENTENCES, 0),
            "each": _each(found, names, hours),
            "questions": heat_map(
                names,
                hours,
                [[hour.questions for hour in line] for line in found.hours],
                title=_("Questions of an average week"),
                links=_links(found),
                show=plain,
                width=520,
            ),
            "people": heat_map(
                names,
                hours,
                [[hour.people for hour in line] for line in found.hours],
                title=_("People planned"),
                show=plain,
                width=520,
            ),
            "heavy": [(names[hour.weekday], _clock(hour), hour, _link(found, hour)) for hour in found.heavy],
            "idle": [(names[hour.weekday], _clock(hour), hour, _link(found, hour)) for hour in found.idle],
        },
    )


def _each(found: Load, names: list[str], hours: list[str]) -> str:
    """Draw the questions for each person on duty; red where people are missing."""
    values = [[hour.each if hour.each is not None else hour.questions or None for hour in line] for line in found.hours]
    return heat_map(
        names,
        hours,
        values,
        title=_("Questions for each person on duty"),
        links=_links(found),
        gaps=[[hour.missing > 0 for hour in line] for line in found.hours],
        said=[[_said(hour) for hour in line] for line in found.hours],
        written=True,
        show=plain,
    )


def _said(hour: Hour) -> str:
    """Return what a square says when the mouse rests on it."""
    words = _("%(questions)s questions, %(people)s on duty") % {
        "questions": plain(hour.questions),
        "people": plain(hour.people),
    }
    if not hour.missing:
        return words
    return words + _(": %(missing)s more wanted") % {"missing": hour.missing}


def _sentence(one: Shortage, names: list[str]) -> tuple[str, str]:
    """Return when people are missing, and what is known of it."""
    when = f"{names[one.weekday]} {one.first:02}:00–{one.last:02}:00"
    values = {"questions": plain(one.questions), "people": plain(one.people), "missing": one.missing}
    if not one.people:
        return when, _("nobody is on duty, though up to %(questions)s questions come an hour.") % values
    return when, ngettext(
        "%(people)s on duty for up to %(questions)s questions an hour; %(missing)s more person is wanted.",
        "%(people)s on duty for up to %(questions)s questions an hour; %(missing)s more people are wanted.",
        one.missing,
    ) % values


def _links(found: Load) -> list[list[str]]:
    """Return the conversations behind each square; nothing where nobody asked."""
    return [[_link(found, hour) if hour.questions else "" for hour in line] for line in found.hours]


def _link(found: Load, hour: Hour) -> str:
    span = f"{found.first:%Y%m%d}-{found.last:%Y%m%d}"
    query = urlencode({"tab": "all", "asked": f"{hour.weekday + 1}-{hour.hour}-{span}"})
    return f"{reverse('service:conversation_list')}?{query}"


def _clock(hour: Hour) -> str:
    return f"{hour.hour:02}:00–{hour.hour + 1:02}:00"


def _last_day(text: str, today: date) -> date:
    """Return the day asked for; yesterday where there is none, or none a calendar knows."""
    yesterday = today - timedelta(days=1)
    try:
        return min(max(date.fromisoformat(text), EARLIEST), yesterday)
    except ValueError:
        return yesterday
