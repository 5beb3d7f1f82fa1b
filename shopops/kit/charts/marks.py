"""The few pieces of SVG that every chart is made of: texts, lines, paths, hit areas, and the figure around them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from .scales import Number, as_float

FONT = "Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif"

# What a drawing looks like without any style sheet; charts.css says the same with the colours of the page.
INK, FAINT, GRID, BAR = "#1c1f24", "#6b6f76", "#e4e2dd", "#b4b2c4"
TONES = {"accent": "#c2410c", "good": "#0f766e", "bad": "#b91c1c", "warn": "#b45309", "calm": "#4b5563"}
SERIES = ("#c2410c", "#0f766e", "#1d4ed8", "#b45309", "#7c3aed", "#64748b")


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a chart. None is a gap; `href` leads to the facts behind it and stays within the site."""

    label: str
    value: Number | None
    href: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """Values with a name, as many as the chart has places."""

    name: str
    values: Sequence[Number | None]


def series_values(values: Sequence[Number | None], length: int, name: str) -> list[float | None]:
    """Return the values as floats.

    :raises ValueError: if there are not as many as the chart has places.
    """
    if len(values) != length:
        raise ValueError(f"series {name!r} has {len(values)} values for {length} places")
    return [as_float(value) for value in values]


def at(value: float) -> str:
    """Write a place on the page with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")


def text(x: float, y: float, words: str, *, kind: str = "chart-label", anchor: str = "start", size: float = 11) -> str:
    """Draw a text; `y` is its base line."""
    fill = INK if kind in {"chart-name", "chart-value"} else FAINT
    return (
        f'<text class="{kind}" x="{at(x)}" y="{at(y)}" font-size="{at(size)}" text-anchor="{anchor}" fill="{fill}">'
        f"{escape(words)}</text>"
    )


def rule(x1: float, y1: float, x2: float, y2: float, *, kind: str = "chart-grid", stroke: str = GRID) -> str:
    """Draw a thin straight line."""
    return f'<line class="{kind}" x1="{at(x1)}" y1="{at(y1)}" x2="{at(x2)}" y2="{at(y2)}" stroke="{stroke}"/>'


def box(
    x: float, y: float, width: float, height: float, *, kind: str, fill: str, round_by: float = 0, opacity: float = 1
) -> str:
    """Draw a rectangle."""
    corner = f' rx="{at(round_by)}"' if round_by else ""
    pale = f' fill-opacity="{opacity:.2f}"' if opacity < 1 else ""
    return (
        f'<rect class="{kind}" x="{at(x)}" y="{at(y)}" width="{at(max(width, 0))}" height="{at(max(height, 0))}"'
        f'{corner} fill="{fill}"{pale}/>'
    )


def within_site(href: str) -> str:
    """Return the link as it was given.

    :raises ValueError: if it leads out of the site.
    """
    if not href.startswith(("/", "?", "#")) or href.startswith("//"):
        raise ValueError(f"a chart links to facts within the site, not to {href!r}")
    return href


def runs(places: Iterable[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    """Split a line at its gaps."""
    found: list[list[tuple[float, float]]] = [[]]
    for place in places:
        if place is None:
            found.append([])
        else:
            found[-1].append(place)
    return [run for run in found if run]


def curve(run: Sequence[tuple[float, float]]) -> str:
    """Draw a smooth line through all places that never swings above or below its neighbours."""
    count = len(run)
    path = f"M{at(run[0][0])} {at(run[0][1])}"
    if count == 1:
        return path
    slopes = [(run[i + 1][1] - run[i][1]) / ((run[i + 1][0] - run[i][0]) or 1.0) for i in range(count - 1)]
    tangents = [slopes[0]]
    for before, after in pairwise(slopes):
        # Harmonic mean of the slopes on both sides, level at a peak: the monotone cubic of Fritsch and Carlson.
        tangents.append(0.0 if before * after <= 0 else 2 * before * after / (before + after))
    tangents.append(slopes[-1])
    steps = []
    for i in range(count - 1):
        (x1, y1), (x2, y2) = run[i], run[i + 1]
        third = (x2 - x1) / 3
        steps.append(
            f"C{at(x1 + third)} {at(y1 + tangents[i] * third)} {at(x2 - third)} {at(y2 - tangents[i + 1] * third)} "
            f"{at(x2)} {at(y2)}"
        )
    return path + "".join(steps)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page a drawing is made on. `paper` leaves out what only a screen can show."""

    width: float
    height: float
    narrow: bool = False
    paper: bool = False
    tabbable: bool = True


def hit(sheet: Sheet, x: float, y: float, width: float, height: float, *, words: str, href: str) -> str:
    """Draw an invisible area that shows words when the mouse rests on it and leads to the facts; nothing on paper."""
    if sheet.paper:
        return ""
    area = (
        f'<rect class="chart-hit" x="{at(x)}" y="{at(y)}" width="{at(width)}" height="{at(height)}" fill="{INK}" '
        f'fill-opacity="0"><title>{escape(words)}</title></rect>'
    )
    if not href:
        return area
    stop = "" if sheet.tabbable else ' tabindex="-1"'
    return f'<a href="{escape(within_site(href))}" aria-label="{escape(words)}"{stop}>{area}</a>'


def drawing(sheet: Sheet, body: str, *, title: str, desc: str, kind: str, stretch: bool = False) -> str:
    """Wrap shapes into an `<svg>` with name and description. Where it holds links it is a group, else an image."""
    role = "group" if "<a " in body else "img"
    ratio = ' preserveAspectRatio="none"' if stretch else ""
    about = f"<desc>{escape(desc)}</desc>" if desc else ""
    return (
        f'<svg class="{kind}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {at(sheet.width)} {at(sheet.height)}" '
        f'width="{at(sheet.width)}" height="{at(sheet.height)}" role="{role}" aria-label="{escape(title)}" '
        f'font-family="{FONT}"{ratio}><title>{escape(title)}</title>{about}{body}</svg>'
    )


def empty(sheet: Sheet) -> str:
    """Draw the words that stand where a chart has nothing to show."""
    middle = sheet.height / 2
    return rule(0, sheet.height - 1, sheet.width, sheet.height - 1) + text(
        sheet.width / 2, middle + 4, _("No data"), kind="chart-empty", anchor="middle", size=13
    )


@dataclass(frozen=True, slots=True)
class Table:
    """The figures of a chart in rows, for whoever cannot see or point; the first cell of a row may be a link."""

    heads: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]

    def html(self, title: str) -> str:
        """Write the table inside a `<details>` that stays closed until asked for."""
        heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in self.heads)
        lines = []
        for href, (first, *others) in self.rows:
            head = f'<a href="{escape(within_site(href))}">{escape(first)}</a>' if href else escape(first)
            cells = "".join(f"<td>{escape(cell)}</td>" for cell in others)
            lines.append(f'<tr><th scope="row">{head}</th>{cells}</tr>')
        name = escape(_("Figures"))
        return (
            f'<details class="chart-data"><summary>{name}</summary><div class="chart-scroll">'
            f"<table><caption>{escape(title)}</caption><thead><tr>{heads}</tr></thead>"
            f"<tbody>{''.join(lines)}</tbody></table></div></details>"
        )


def legend(entries: Sequence[tuple[str, str]]) -> str:
    """Write the key: pairs of a CSS class and the name it stands for."""
    items = "".join(f'<li><i class="chart-key {kind}"></i>{escape(name)}</li>' for kind, name in entries if name)
    return f'<ul class="chart-legend">{items}</ul>' if items else ""


def figure(
    draw: Callable[[Sheet], str],
    *,
    title: str,
    desc: str,
    wide: tuple[float, float],
    narrow: tuple[float, float],
    paper: bool,
    kind: str = "",
    key: str = "",
    table: Table | None = None,
) -> SafeString:
    """Put a drawing, its narrow twin for phones, its key and its table into one figure; paper gets the first only."""
    # Where a table repeats the links they need not all be stops of the Tab key as well.
    sheets = {f"chart-wide {kind}": Sheet(*wide, paper=paper, tabbable=table is None)}
    if not paper:
        sheets[f"chart-narrow {kind}"] = Sheet(*narrow, narrow=True, tabbable=table is None)
    pictures = "".join(
        drawing(sheet, draw(sheet), title=title, desc=desc, kind=name.rstrip()) for name, sheet in sheets.items()
    )
    rows = table.html(title) if table and not paper else ""
    # Every text went through escape() on its way here.
    return mark_safe(f'<figure class="chart">{key}{pictures}{rows}</figure>')
