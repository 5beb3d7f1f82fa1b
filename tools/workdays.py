"""Write down the years whose working days are announced, so that no process needs the package to know them.

`python -m tools.workdays` writes `shopops/kit/working_days.toml` from what the `holidays` package knows;
`python -m tools.workdays --check` only says whether the committed file is up to date.
"""

from __future__ import annotations

import argparse
from datetime import date, timedelta

from shopops.kit.workdays import ANNOUNCED, WEEKEND, days_of_year, has_make_up_days, working_days_by_package

FIRST_YEAR = 2015
YEARS_AHEAD = 3

HEAD = """\
# Days on which the country differs from Monday to Friday, in the years whose calendar is announced.
# Made by tools/workdays.py from the `holidays` package; do not edit by hand (the shop enters its own days).
"""


def text_of(last: int) -> str:
    """Return the file for the years up to `last`; a year that is only estimated yet is left out."""
    parts = [HEAD]
    for year in range(FIRST_YEAR, last + 1):
        working = working_days_by_package(year)
        if not has_make_up_days(working):
            continue
        ordinary = {day for day in days_of_year(year) if day.weekday() < WEEKEND}
        free, works = sorted(ordinary - working), sorted(working - ordinary)
        parts.append(f"\n[{year}]\nfree = [{_listed(free)}]\nworks = [{_listed(works)}]\n")
    return "".join(parts)


def _listed(days: list[date]) -> str:
    return ", ".join(f'"{day:%m-%d}"' for day in days)


def main() -> int:
    """Write or check the file; 1 when the committed one is out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    asked = parser.parse_args()
    text = text_of((date.today() + timedelta(days=366 * YEARS_AHEAD)).year)  # noqa: DTZ011 -- any day of the year will do
    if asked.check:
        return int(ANNOUNCED.read_text(encoding="utf-8") != text)
    ANNOUNCED.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
