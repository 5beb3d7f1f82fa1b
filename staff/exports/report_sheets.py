"""The daily report as a spreadsheet: one snapshot, five sheets, native charts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.legend import Legend
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from shopops.kit.clock import SHANGHAI
from shopops.kit.metrics import METRICS, Metric
from staff.exports.figures import IN_TIME, PAID, SALES, Row, number, parts_of, person_rows, shop_rows, trends
from staff.exports.report import Report
from staff.queries.kpi import Figure

FORMATS = {
    "yuan": "¥#,##0.00",
    "share": "0.0%",
    "count": "#,##0.##",
    "hours": "0.0",
    "minutes": "0.0",
    "seconds": "0.0",
}
POINTS = "+#,##0.##;-#,##0.##;0"
MOMENT, DAY = "yyyy-mm-dd hh:mm", "yyyy-mm-dd"
FONT, INK, FAINT, ACCENT, BAR = "Microsoft YaHei", "1C1F24", "6B6F76", "C2410C", "C9C7D3"
LINE = Side(style="thin", color="E4E2DD")
HEAD = PatternFill("solid", start_color="F6F5F1")
WIDE = 14.0


class Looks(dict[tuple[Any, ...], Any]):
    """How cells look, worked out once each: openpyxl takes ten times as long to hash a font as to write a number."""


@dataclass(frozen=True)
class Pen:
    """Writes cells of one sheet in the type of the report."""

    sheet: Worksheet
    looks: Looks

    def put(
        self,
        row: int,
        column: int,
        value: Any,
        style: str = "General",
        *,
        bold: bool = False,
        size: float = 10,
        colour: str = INK,
        wrap: bool = False,
        line: bool = True,
        head: bool = False,
        formula: bool = False,
    ) -> None:
        """Write a cell; text stays text, even where it begins like a formula, unless it is meant as one."""
        cell = self.sheet.cell(row, column, value)
        if isinstance(value, str) and not formula:
            cell.data_type = "s"
        look = (style, bold, size, colour, wrap, line, head)
        if look in self.looks:
            cell._style = self.looks[look]
            return
        cell.number_format = style
        cell.font = Font(name=FONT, size=size, bold=bold, color=FAINT if head else colour)
        if head:
            cell.fill, cell.border = HEAD, Border(bottom=Side(style="thin", color=INK))
            cell.alignment = Alignment(vertical="center", wrap_text=True)
        elif line:
            cell.border = Border(bottom=LINE)
        if wrap:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        self.looks[look] = cell._style


def daily_workbook(report: Report) -> bytes:
    """Write the workbook of a daily report."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)  # noqa: S101 -- a new workbook has a sheet
    first.title = _("Daily report")
    book.properties.title = f"{report.title} {report.day.isoformat()}"
    book.properties.creator = report.company
    made_at = report.snapshot.made_at.astimezone(SHANGHAI).replace(tzinfo=None)
    book.properties.created = book.properties.modified = made_at
    days, looks = book.create_sheet(_("Thirty days")), Looks()
    _thirty_days(Pen(days, looks), report)
    _summary(Pen(first, looks), report, days)
    _people(Pen(book.create_sheet(_("People")), looks), report)
    _offences(Pen(book.create_sheet(_("Points")), looks), report)
    _definitions(Pen(book.create_sheet(_("Definitions")), looks), report)
    for sheet in book.worksheets:
        _print_set_up(sheet, report)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _summary(pen: Pen, report: Report, days: Worksheet) -> None:
    """Write the headlines with their comparisons, the chart, and the shops."""
    _title(pen, report)
    heads = [_("Figure"), _("Value"), _("Against the day before"), _("Against the same weekday"), _("Made up of")]
    row = _head(pen, 4, heads)
    for figure in report.figures["headlines"]:
        metric, value = METRICS[figure["metric"]], number(figure["value"])
        pen.put(row, 1, str(metric.label), bold=True)
        pen.put(row, 2, value, FORMATS[metric.unit], bold=True, size=12)
        for column, before in ((3, number(figure["yesterday"])), (4, number(figure["last_week"]))):
            change, style = _change(metric, value, before)
            pen.put(row, column, change, style, colour=_tone(metric, value, before))
        pen.put(row, 5, parts_of(figure))
        row += 1
    _chart(pen.sheet, days, f"A{row + 1}", report)
    row += 18
    rows = shop_rows(report.figures)
    if rows:
        pen.put(row, 1, _("Shops"), bold=True, size=12)
        _figure_table(pen, row + 1, _("Shop"), rows)
    _widths(pen.sheet, [22, 16, 16, 16, 18, 16, 16])


def _thirty_days(pen: Pen, report: Report) -> None:
    """Write a row a day and a column a headline."""
    _title(pen, report)
    figures: list[Figure] = report.figures["headlines"]
    row = _head(pen, 4, [_("Day"), *(str(METRICS[figure["metric"]].label) for figure in figures)])
    values = trends(report.figures)
    for index, day in enumerate(report.figures["days"]):
        pen.put(row + index, 1, date.fromisoformat(day), DAY)
        for column, figure in enumerate(figures, start=2):
            metric = METRICS[figure["metric"]]
            pen.put(row + index, column, values[metric.name][index], FORMATS[metric.unit])
    pen.sheet.freeze_panes = f"B{row}"
    _widths(pen.sheet, [12.0] + [WIDE] * len(figures))


def _people(pen: Pen, report: Report) -> None:
    """Write who did how much."""
    _title(pen, report)
    rows = person_rows(report.figures["people"])
    if rows:
        _figure_table(pen, 4, _("Employee"), rows)
        pen.sheet.freeze_panes = "B5"
    else:
        pen.put(4, 1, _("Nobody is measured on this day"), colour=FAINT)
    _widths(pen.sheet, [16.0] + [WIDE] * 6)


def _offences(pen: Pen, report: Report) -> None:
    """Write what was charged: by clause and person, then case by case."""
    _title(pen, report)
    if not report.offences:
        pen.put(4, 1, _("No points were booked for this day."), colour=FAINT)
        _widths(pen.sheet, [30])
        return
    row = _head(pen, 4, [_("Clause"), _("Title"), _("Employee"), _("Cases"), _("Points")])
    first = row
    for one in report.offences:
        for column, value in enumerate((one["clause"], one["title"], one["name"]), start=1):
            pen.put(row, column, value)
        pen.put(row, 4, one["count"], "#,##0")
        pen.put(row, 5, Decimal(one["points"]), POINTS)
        row += 1
    pen.put(row, 1, _("Total"), bold=True)
    for column, letter, style in ((4, "D", "#,##0"), (5, "E", POINTS)):
        pen.put(row, column, f"=SUM({letter}{first}:{letter}{row - 1})", style, bold=True, formula=True)
    row += 2
    heads = [
        _("Clause"),
        _("Document"),
        _("Orders"),
        _("Deadline"),
        _("Shipped at"),
        _("Employee"),
        _("Points"),
        _("Goods"),
    ]
    row = _head(pen, row, heads)
    for case in report.cases:
        values: list[tuple[Any, str]] = [
            (case["clause"], "@"),
            (case["subject"], "@"),
            (case["orders"], "@"),
            (_moment(case["deadline"]), MOMENT),
            (_moment(case["shipped_at"]), MOMENT),
            (case["name"], "@"),
            (Decimal(case["points"]), POINTS),
            (case["goods"], "@"),
        ]
        for column, (value, style) in enumerate(values, start=1):
            pen.put(row, column, value, style)
        row += 1
    if report.cases_left:
        pen.put(row, 1, report.cases_left, colour=FAINT)
    _widths(pen.sheet, [12, 22, 24, 17, 17, 12, 9, 40])


def _definitions(pen: Pen, report: Report) -> None:
    """Write what each figure means, and which snapshot this is."""
    _title(pen, report)
    row = _head(pen, 4, [_("Figure"), _("Definition"), _("Version")])
    for metric, version in report.definitions:
        pen.put(row, 1, str(metric.label), bold=True)
        pen.put(row, 2, str(metric.definition), wrap=True)
        pen.put(row, 3, version, "0")
        row += 1
    for label, value in report.origin:
        row += 1
        pen.put(row, 1, label, colour=FAINT)
        pen.put(row, 2, value, "@", wrap=True)
    _widths(pen.sheet, [20, 90, 9])


def _title(pen: Pen, report: Report) -> None:
    pen.sheet.sheet_view.showGridLines = False
    pen.put(1, 1, f"{report.title} · {report.day_in_words}", bold=True, size=16, line=False)
    pen.put(2, 1, report.subtitle, colour=FAINT, line=False)
    pen.sheet.row_dimensions[1].height = 26


def _head(pen: Pen, row: int, names: list[str]) -> int:
    """Write the head of a table; return the row under it."""
    for column, name in enumerate(names, start=1):
        pen.put(row, column, name, head=True)
    return row + 1


def _figure_table(pen: Pen, row: int, first: str, rows: list[Row]) -> int:
    """Write a table of figures with the name in front; return the row under it."""
    row = _head(pen, row, [first, *(str(cell.metric.label) for cell in rows[0].cells)])
    for one in rows:
        pen.put(row, 1, one.name)
        for column, cell in enumerate(one.cells, start=2):
            pen.put(row, column, cell.number, FORMATS[cell.metric.unit])
        row += 1
    return row


def _change(metric: Metric, value: Decimal | None, before: Decimal | None) -> tuple[Decimal | None, str]:
    """Return the difference: of its part for money and counts, of points of a hundred for shares."""
    if value is None or before is None:
        return None, "General"
    if metric.unit == "share":
        return (value - before) * 100, '+0.0"pp";-0.0"pp";"±0"'
    if before <= 0 or value < 0:
        return value - before, POINTS
    return (value - before) / abs(before), '+0.0%;-0.0%;"±0"'


def _tone(metric: Metric, value: Decimal | None, before: Decimal | None) -> str:
    if value is None or before is None or value == before or metric.better == "neither":
        return FAINT
    return "0F766E" if (value > before) == (metric.better == "more") else "B91C1C"


def _moment(text: str | None) -> datetime | None:
    moment = parse_datetime(text) if text else None
    return moment.astimezone(SHANGHAI).replace(tzinfo=None) if moment else None


def _chart(sheet: Worksheet, days: Worksheet, anchor: str, report: Report) -> None:
    """Draw thirty days of sales as a line over the orders paid as bars, from the other sheet's cells."""
    columns = {figure["metric"]: index for index, figure in enumerate(report.figures["headlines"], start=2)}
    last = 4 + len(report.figures["days"])
    labels = Reference(days, min_col=1, min_row=5, max_row=last)
    bars, line = BarChart(), LineChart()
    bars.add_data(Reference(days, min_col=columns[PAID], min_row=4, max_row=last), titles_from_data=True)
    bars.set_categories(labels)
    bars.series[0].graphicalProperties = GraphicalProperties(solidFill=BAR)
    bars.gapWidth = 60
    bars.title = f"{METRICS[SALES].label} · {METRICS[PAID].label}"
    bars.y_axis.axId, bars.y_axis.crosses, bars.y_axis.majorGridlines = 200, "max", None
    bars.y_axis.number_format = "#,##0"
    line.add_data(Reference(days, min_col=columns[SALES], min_row=4, max_row=last), titles_from_data=True)
    line.set_categories(labels)
    stroke = line.series[0].graphicalProperties.line
    stroke.solidFill, stroke.width = ACCENT, 22_000
    line.series[0].smooth = False
    line.y_axis.number_format = "¥#,##0"
    for axis in (bars.x_axis, bars.y_axis, line.x_axis, line.y_axis):
        axis.delete = False
    _label_days(bars.x_axis)
    _label_days(line.x_axis)
    line += bars
    line.title, line.legend = bars.title, Legend()
    line.legend.position = "b"
    line.height, line.width = 8.2, 26
    sheet.add_chart(line, anchor)
    if IN_TIME in columns:
        rate = LineChart()
        rate.add_data(Reference(days, min_col=columns[IN_TIME], min_row=4, max_row=last), titles_from_data=True)
        rate.set_categories(labels)
        rate.series[0].graphicalProperties.line.solidFill = "0F766E"
        rate.series[0].smooth = False
        rate.title, rate.legend, rate.height, rate.width = str(METRICS[IN_TIME].label), None, 7, 26
        rate.y_axis.number_format, rate.y_axis.scaling.max = "0%", 1
        _label_days(rate.x_axis)
        rate.x_axis.delete = rate.y_axis.delete = False
        days.add_chart(rate, f"A{last + 3}")


def _label_days(axis: Any) -> None:
    """Name every fifth day."""
    axis.number_format, axis.tickLblSkip = "mm-dd", 5


def _widths(sheet: Worksheet, widths: list[float]) -> None:
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width


def _print_set_up(sheet: Worksheet, report: Report) -> None:
    """Print on A4 across, one page wide, with the snapshot's number at the foot."""
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:4"
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    foot: Any = sheet.oddFooter
    foot.left.text, foot.right.text = f"{report.snapshot.number} · {report.snapshot.digest[:16]}", "&P / &N"
