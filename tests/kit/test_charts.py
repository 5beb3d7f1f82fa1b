"""Charts: right places, no styles or scripts, words for those who cannot see, and links to the facts."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from django.utils import translation
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from shopops.kit.charts import (
    Point,
    Series,
    compact,
    heat_map,
    horizontal_bars,
    percent,
    sparkline,
    stacked_bars,
    target_bar,
    trend,
    yuan,
)
from shopops.kit.charts.marks import curve
from shopops.kit.charts.scales import labels_that_fit, nice_ticks, shortened, text_width

DAYS = [f"11-{day:02}" for day in range(1, 31)]
NUMBERS = st.one_of(
    st.none(),
    st.integers(-(10**9), 10**9),
    st.floats(-1e9, 1e9),
    st.just(float("nan")),
    st.decimals(-(10**9), 10**9, places=2, allow_nan=False),
)


def points(*values, href=""):
    return [Point(DAYS[place % 30], value, href) for place, value in enumerate(values)]


def every_chart(values):
    """Draw the values in every way there is."""
    places = [str(place) for place in range(len(values))]
    series = Series("订单", values)
    return [
        trend(points(*values), title="趋势", name="金额"),
        trend(points(*values), title="趋势", name="金额", bars=series, against=series, band=(1, 5), paper=True),
        horizontal_bars(points(*values), title="原因", name="金额"),
        stacked_bars(places, [series, series], title="每小时"),
        heat_map(["周一"], places, [values], title="热"),
        sparkline(values, title="走势"),
        *(target_bar(value, target=(2, 8), title="目标") for value in values[:2]),
    ]


def parsed(chart):
    return ET.fromstring(f"<div>{chart}</div>")


def found(chart, kind):
    return [element for element in parsed(chart).iter() if kind in (element.get("class") or "").split()]


@given(st.lists(NUMBERS, max_size=12))
def test_any_values_give_well_formed_drawings_within_their_frame(values):
    for chart in every_chart(values):
        assert isinstance(chart, SafeString)
        assert not re.search(r"\b(nan|inf)\b", chart)
        for svg in parsed(chart).iter("{http://www.w3.org/2000/svg}svg"):
            _x, _y, width, height = map(float, svg.get("viewBox").split())
            for rect in svg.iter("{http://www.w3.org/2000/svg}rect"):
                assert -1 <= float(rect.get("x")) <= width + 1
                assert -1 <= float(rect.get("y")) + float(rect.get("height")) <= height + 1


def test_nothing_needs_a_style_or_a_script():
    for chart in every_chart([1, None, -3, 4]):
        assert not re.search(r"style=|<style|<script|\son[a-z]+=|javascript:", chart)


def test_texts_from_outside_are_escaped():
    nasty = '<script>"&'
    charts = [
        trend([Point(nasty, 1)], title=nasty, name=nasty, desc=nasty, bars=Series(nasty, [1])),
        horizontal_bars([Point(nasty, 1)], title=nasty, name=nasty, table=True),
        stacked_bars([nasty], [Series(nasty, [1])], title=nasty),
        heat_map([nasty], [nasty], [[1]], title=nasty),
        sparkline([1, 2], title=nasty),
        target_bar(1, target=(0, 2), title=nasty),
    ]
    for chart in charts:
        assert "<script" not in chart
        parsed(chart)


@pytest.mark.parametrize("href", ["https://example.com/", "//example.com/", "javascript:alert(1)"])
def test_links_out_of_the_site_are_refused(href):
    with pytest.raises(ValueError, match="within the site"):
        trend(points(1, href=href), title="趋势", name="金额")


def test_every_point_leads_to_its_facts():
    chart = trend([Point("11-01", 1, "/kpi/2026-11-01/"), Point("11-02", 2)], title="趋势", name="金额")
    wide = found(chart, "chart-wide")[0]
    links = list(wide.iter("{http://www.w3.org/2000/svg}a"))
    assert [link.get("href") for link in links] == ["/kpi/2026-11-01/"]
    assert links[0].get("aria-label") == "11-01 · 金额 1"
    # The links of the table are stops of the Tab key already, and an image may not hold any.
    assert links[0].get("tabindex") == "-1"
    assert wide.get("role") == "group"
    assert len(re.findall('<th scope="row"><a href="/kpi/2026-11-01/">', chart)) == 1


def test_without_a_table_the_links_of_the_drawing_can_be_reached_by_keyboard():
    chart = horizontal_bars([Point("缺货", 3, "/offences/?reason=stock")], title="原因", name="金额")
    assert "tabindex" not in chart


def test_a_drawing_without_links_is_an_image_with_name_and_description():
    svg = found(trend(points(1, 2), title="支付金额", name="金额", desc="近 30 天"), "chart-wide")[0]
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == "支付金额"
    assert [child.text for child in svg][:2] == ["支付金额", "近 30 天"]


def test_paper_gets_one_drawing_without_table_links_and_hidden_areas():
    chart = trend(points(1, 2, href="/a/"), title="趋势", name="金额", paper=True)
    assert chart.count("<svg") == 1
    assert not re.search("<a |chart-hit|<details|chart-narrow", chart)
    assert 'font-family="Noto Sans SC' in chart


def test_the_web_gets_a_wide_and_a_narrow_drawing():
    chart = trend(points(*range(30)), title="趋势", name="金额")
    assert len(found(chart, "chart-wide")) == len(found(chart, "chart-narrow")) == 1


def test_a_gap_breaks_the_line_and_a_lonely_value_is_a_dot():
    svg = found(trend(points(1, 2, None, 5, None, 3, 4), title="趋势", name="金额"), "chart-wide")[0]
    kinds = [element.get("class", "") for element in svg.iter()]
    assert sum("chart-line" in kind for kind in kinds) == 2
    assert sum("chart-dot" in kind for kind in kinds) == 2  # the lonely value and the last one


def test_without_any_value_a_chart_says_so():
    with translation.override("en"):
        for chart in (
            trend([], title="t", name="n"),
            trend(points(None, None), title="t", name="n"),
            horizontal_bars([], title="t", name="n"),
            stacked_bars([], [Series("a", [])], title="t"),
            stacked_bars([], [], title="t"),
            heat_map([], [], [], title="t"),
        ):
            assert "No data" in chart
    assert sparkline([None, 3], title="t") == ""


def test_values_below_zero_get_a_zero_line_and_hang_from_it():
    bars = found(horizontal_bars(points(10, -5), title="盈亏", name="金额"), "chart-wide")[0]
    zero = float(next(line.get("x1") for line in bars.iter() if line.get("class") == "chart-zero"))
    gain, loss = [rect for rect in bars.iter() if "chart-fill" in (rect.get("class") or "")]
    assert float(gain.get("x")) == pytest.approx(zero, abs=0.1)
    assert float(loss.get("x")) + float(loss.get("width")) == pytest.approx(zero, abs=0.1)
    assert float(gain.get("width")) == pytest.approx(2 * float(loss.get("width")), abs=0.3)


def test_the_pieces_of_a_stack_stand_on_one_another():
    chart = stacked_bars(["9"], [Series("a", [10]), Series("b", [20])], title="t", paper=True)
    low, high = found(chart, "chart-stack")
    assert float(high.get("y")) + float(high.get("height")) == pytest.approx(float(low.get("y")), abs=0.11)
    assert float(high.get("height")) == pytest.approx(2 * float(low.get("height")), abs=0.3)


def test_a_series_of_another_length_is_refused():
    with pytest.raises(ValueError, match="2 values for 3"):
        trend(points(1, 2, 3), title="t", name="n", bars=Series("b", [1, 2]))
    with pytest.raises(ValueError, match="1 × 2"):
        heat_map(["a"], ["b", "c"], [[1]], title="t")


def test_a_heat_map_is_darkest_where_most_happens():
    chart = heat_map(["周一"], ["9", "10", "11"], [[0, 1, 100]], title="t", paper=True)
    assert [len(found(chart, f"chart-heat-{step}")) for step in range(6)] == [1, 1, 0, 0, 0, 1]


def test_a_value_within_its_target_is_good_and_outside_it_warns():
    assert "chart-fill chart-good" in target_bar(0.98, target=(0.95, 1), title="t", show=percent, top=1)
    assert "chart-fill chart-warn" in target_bar(0.90, target=(0.95, 1), title="t", show=percent, top=1)


@pytest.mark.parametrize(
    ("low", "high", "whole", "ticks"),
    [
        (0, 55000, False, [0, 20000, 40000, 60000]),
        (0, 3, True, [0, 1, 2, 3]),
        (0, 0, False, [0, 1]),
        (-300, 500, False, [-400, -200, 0, 200, 400, 600]),
        (0, 0.9, False, [0, 0.25, 0.5, 0.75, 1]),
    ],
)
def test_ticks_are_round_numbers_around_the_values(low, high, whole, ticks):
    assert nice_ticks(low, high, whole=whole) == pytest.approx(ticks)


@given(st.floats(-1e9, 1e9), st.floats(1e-3, 1e9), st.integers(2, 6))
def test_ticks_enclose_the_values_evenly_and_are_few(low, span, about):
    ticks = nice_ticks(low, low + span, about=about)
    assert 2 <= len(ticks) <= about + 3
    assert ticks[0] <= low + span * 1e-3
    assert ticks[-1] >= low + span * (1 - 1e-3)


def test_numbers_on_an_axis_are_short_in_the_language_of_the_page():
    with translation.override("zh-hans"):
        assert [compact(value) for value in (0, 950, 20000, 15000, -30000, 120000000)] == [
            "0", "950", "2万", "1.5万", "−3万", "1.2亿",
        ]  # fmt: skip
    with translation.override("en"):
        assert [compact(value) for value in (950, 20000, 1200000)] == ["950", "20k", "1.2M"]


def test_money_and_rates_are_written_in_full():
    assert yuan(Decimal("1234.5")) == "¥1,234.50"
    assert yuan(-3) == "−¥3.00"
    assert percent(0.0231) == "2.31%"


@given(st.lists(st.sampled_from(DAYS), max_size=40), st.floats(4, 80), st.booleans())
def test_labels_never_touch(labels, slot, to_last):
    places = labels_that_fit(labels, slot, 11, to_last=to_last)
    assert all((later - earlier) * slot > text_width("11-30", 11) for earlier, later in pairwise(places))
    if labels:
        assert (places[-1] == len(labels) - 1) if to_last else (places[0] == 0)


@given(st.text(alphabet="描述不符abc", max_size=20), st.floats(20, 200))
def test_a_shortened_text_fits(text, width):
    assert text_width(shortened(text, width, 12).rstrip("…"), 12) <= width


@given(st.lists(st.floats(-1000, 1000), min_size=2, max_size=20))
def test_a_curve_never_swings_beyond_its_neighbours(heights):
    path = curve([(place * 10.0, height) for place, height in enumerate(heights)])
    pieces = [[float(number) for number in piece.split()] for piece in re.findall(r"C([^C]+)", path)]
    for (before, after), piece in zip(pairwise(heights), pieces, strict=True):
        low, high = min(before, after) - 0.11, max(before, after) + 0.11
        assert low <= piece[1] <= high
        assert low <= piece[3] <= high
