"""Charts in a real browser under the site's strict policy: no complaint, no overflow, one twin, reachable facts."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from shopops.kit.charts import Point, Series, heat_map, horizontal_bars, sparkline, stacked_bars, target_bar, trend

STYLES = Path(__file__).resolve().parents[2] / "shopops" / "static" / "css" / "charts.css"
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'"
HOURS = [str(hour) for hour in range(24)]


def page_of_charts() -> str:
    days = [Point(f"11-{day:02}", day * day % 17 * 1000, f"/kpi/2026-11-{day:02}/") for day in range(1, 31)]
    charts = {
        "趋势": trend(days, title="支付金额", name="金额", bars=Series("订单", list(range(30))), band=(4000, 9000)),
        "原因": horizontal_bars([Point("缺货", 30, "/offences/"), Point("延迟发货", 12)], title="赔付原因", name="笔"),
        "小时": stacked_bars(HOURS, [Series("已审核", list(range(24)))], title="每小时订单"),
        "热": heat_map(["周一", "周二"], HOURS, [list(range(24))] * 2, title="咨询量"),
        "走势": sparkline([1, 3, 2], title="走势"),
        "目标": target_bar(0.93, target=(0.95, 1), title="发货率"),
    }
    cards = "".join(f"<section><h2>{escape(name)}</h2>{chart}</section>" for name, chart in charts.items())
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>图表</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/charts.css"></head>'
        f"<body><main><h1>图表</h1>{cards}</main></body></html>"
    )


@pytest.fixture(params=[1440, 390])
def charts_page(page, request):
    """Serve the charts with the policy of the site, at the width of a desk and of a phone."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.set_viewport_size({"width": request.param, "height": 900})
    page.route(
        "http://charts.test/**",
        lambda route: (
            route.fulfill(path=STYLES, content_type="text/css")
            if route.request.url.endswith(".css")
            else route.fulfill(
                body=page_of_charts(), content_type="text/html", headers={"Content-Security-Policy": POLICY}
            )
        ),
    )
    page.goto("http://charts.test/")
    yield page
    assert complaints == []


def test_charts_fit_the_page_and_show_one_twin_each(charts_page):
    wide = charts_page.viewport_size["width"] > 640
    assert charts_page.evaluate("document.documentElement.scrollWidth") <= charts_page.viewport_size["width"]
    for twin, visible in (("wide", wide), ("narrow", not wide)):
        shown = [drawing.is_visible() for drawing in charts_page.locator(f".chart-{twin}").all()]
        assert shown == [visible] * 4


def test_colours_come_from_the_style_sheet(charts_page):
    stroke = charts_page.locator(".chart-line:visible").first.evaluate("line => getComputedStyle(line).stroke")
    assert stroke == "rgb(194, 65, 12)"


def test_a_point_leads_to_its_facts_by_mouse_and_its_row_by_keyboard(charts_page):
    charts_page.get_by_text("查看数据").first.click()
    charts_page.get_by_role("link", name="11-30", exact=True).focus()
    with charts_page.expect_navigation(url="**/kpi/2026-11-30/"):
        charts_page.keyboard.press("Enter")
    charts_page.go_back()
    with charts_page.expect_navigation(url="**/kpi/2026-11-02/"):
        charts_page.locator("svg:visible a").nth(1).click()


def test_charts_have_no_accessibility_violation(page):
    # The policy of the site would refuse the checker's own script; here it stays out.
    page.route(
        "http://charts.test/**",
        lambda route: (
            route.fulfill(path=STYLES, content_type="text/css")
            if route.request.url.endswith(".css")
            else route.fulfill(body=page_of_charts(), content_type="text/html")
        ),
    )
    page.goto("http://charts.test/")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
