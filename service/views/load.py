"""Load and roster: when buyers ask, and who is there."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from service.queries.load import FIRST_HOUR, LAST_HOUR, Hour, load_of
from shopops.kit.access import allowed
from shopops.kit.charts import heat_map, plain
from shopops.kit.clock import now, shop_day

WEEKS = (1, 4, 12)
USUAL_WEEKS = 4


def weekdays() -> list[str]:
    """Return the names of the days of the week in the language of whoever reads."""
    return [str(WEEKDAYS[number]) for number in range(7)]


@allowed("service.lead_service")
@require_GET
def load(request: HttpRequest) -> HttpResponse:
    """Show questions and people by hour of the week, and where they do not fit."""
    asked = request.GET.get("weeks", "")
    weeks = int(asked) if asked in {str(one) for one in WEEKS} else USUAL_WEEKS
    found = load_of(_last_day(request.GET.get("until", "")), weeks)
    hours = [f"{hour}" for hour in range(FIRST_HOUR, LAST_HOUR)]
    names = weekdays()
    return render(
        request,
        "service/load/load.html",
        {
            "load": found,
            "weeks": weeks,
            "choices": WEEKS,
            "questions": heat_map(
                names,
                hours,
                [[hour.questions for hour in line] for line in found.hours],
                title=_("Questions of an average week"),
                show=plain,
            ),
            "people": heat_map(
                names,
                hours,
                [[hour.people for hour in line] for line in found.hours],
                title=_("People planned"),
                show=plain,
            ),
            "heavy": [(names[hour.weekday], _clock(hour), hour) for hour in found.heavy],
            "idle": [(names[hour.weekday], _clock(hour), hour) for hour in found.idle],
        },
    )


def _clock(hour: Hour) -> str:
    return f"{hour.hour:02}:00–{hour.hour + 1:02}:00"


def _last_day(text: str) -> date:
    """Return the day asked for; yesterday where there is none, or none a calendar knows."""
    yesterday = shop_day(now()) - timedelta(days=1)
    try:
        return min(date.fromisoformat(text), yesterday)
    except ValueError:
        return yesterday
