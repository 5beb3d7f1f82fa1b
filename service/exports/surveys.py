"""How content buyers are, drawn: grades, months, who served; each bar leads to its surveys (CS-040)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from service.queries.surveys import survey_figures
from shopops.kit.charts import Point, Series, horizontal_bars, percent, trend


def survey_charts(*, at: datetime) -> dict[str, Any]:
    """Return the figures and drawings over the list of surveys."""
    found = survey_figures(at=at)

    def asked(**values: str) -> str:
        span = {"tab": "all", "asked_from": found.first.isoformat()}
        return f"{reverse('service:surveys')}?{urlencode({**span, **values})}"

    return {
        "figures": found,
        "asked_url": asked(),
        "answered_url": asked(tab="answered"),
        "content_url": asked(rating_from="4"),
        "content_said": "–" if found.content is None else percent(found.content),
        "average_said": "–" if found.average is None else f"{found.average:.2f}",
        "grades": horizontal_bars(
            [
                Point(str(grade), n, href=asked(rating_from=str(grade), rating_to=str(grade)) if n else "")
                for grade, n in found.grades
            ],
            title=_("Answers by grade"),
            name=_("Answers"),
            tone="good",
            width=340,
            table=True,
        ),
        "agents": horizontal_bars(
            [
                Point(f"{name} ({n})", average, href=asked(agent=str(key), tab="answered"))
                for key, name, n, average in found.agents
            ],
            title=_("By who served"),
            name=_("On average"),
            show=lambda value: f"{value:.2f}",
            tone="calm",
            width=340,
            table=True,
        )
        if found.agents
        else "",
        "months": trend(
            [Point(f"{month:%Y-%m}", share) for month, _n, share in found.months],
            title=_("Content buyers by month"),
            name=_("Content or very content"),
            bars=Series(_("Answers"), [n for _month, n, _share in found.months]),
            show=percent,
            axis=percent,
            size=(440, 210),
        ),
    }
