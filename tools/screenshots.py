"""Pictures of the demo shop for the README and the tour, at two widths and in two languages.

    ./dev screenshots [--url http://127.0.0.1:8000] [--out docs/pictures] [--only NAME …]

Without `--url` `./dev` starts the demo for it. Pages are listed in `PAGES`; a page whose address needs a document is
reached by the first link of a list. Where no wave is picked and still here, one is made of the notes that wait.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "shopops-demo"  # noqa: S105 -- the demo's, printed by ./dev demo
WIDTHS = {"wide": (1440, 900), "narrow": (390, 844)}
LANGUAGES = {"zh": "zh-hans", "en": "en"}
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
COLOURS = 256
SETTLED = 500
"""Milliseconds a page gets for its fonts and figures."""
SUBMIT = """form => {
  for (const choice of form.querySelectorAll("select")) if (!choice.value) choice.selectedIndex = 1;
  form.submit();
}"""


@dataclass(frozen=True)
class Shot:
    """One picture: who looks at which page.

    `first` is a link on that page: its target is looked at instead, or, with `named`, the page whose address ends in
    the words of the link. `down_to` is a part of the page that is scrolled to.
    """

    name: str
    login: str
    path: str
    first: str = ""
    named: str = ""
    down_to: str = ""


TODAY = datetime.now(ZoneInfo("Asia/Shanghai")).date()
PREVIEW = f"/roster/preview/?source={TODAY}&target={TODAY + timedelta(days=21)}&weeks=1"
DRAFT = "#main a[href*='/rulebook/drafts/'][data-opens]"
PAGES: Sequence[Shot] = (
    Shot("my-work", "chenjing", "/"),
    Shot("radar", "hejie", "/radar/?tab=team"),
    Shot("me", "lina", "/me/"),
    Shot("jobs", "chenjing", "/jobs/?tab=scheduled"),
    Shot("goods", "chenjing", "/catalog/skus/"),
    Shot("orders", "chenjing", "/orders/"),
    Shot("order", "chenjing", "/orders/?tab=all", first="a[href*='/orders/order/']"),
    Shot("review-desk", "lina", "/orders/review/"),
    Shot("exceptions", "chenjing", "/orders/exceptions/"),
    Shot("unmatched", "chenjing", "/orders/unmatched/"),
    Shot("finance", "chenjing", "/orders/finance/"),
    Shot("imports", "chenjing", "/orders/imports/"),
    Shot("import", "chenjing", "/orders/imports/", first="#main a[data-opens]"),
    Shot("rules", "chenjing", "/orders/rules/"),
    Shot("tally", "chenjing", "/orders/tally/"),
    Shot("agents-desk", "lina", "/service/desk/?whose=all", first="#queue .waiter"),
    Shot("conversation", "lina", "/service/conversations/?tab=escalated", first="#main a[data-opens]"),
    Shot("inspection", "lina", "/service/inspections/?tab=mine&sort=total", first="#main a[data-opens]"),
    Shot("after-sales", "lina", "/service/after_sales/"),
    Shot("after-sale", "hejie", "/service/after_sales/?tab=causes", first="#main a[data-opens]"),
    Shot("return-desk", "wangqiang", "/service/returns/", first="#return-side li:has(.pill.is-info) a[data-code]"),
    Shot("after-sale-analysis", "hejie", "/service/after_sales/analysis/"),
    Shot("load", "hejie", "/service/load/?weeks=1"),
    Shot("complaint", "hejie", "/service/complaints/?tab=revisit", first="#main a[data-opens]"),
    Shot("complaint-analysis", "hejie", "/service/complaints/analysis/"),
    Shot("buyer", "hejie", "/service/buyers/?tab=troubled", first="#main a[data-opens]"),
    Shot("surveys", "hejie", "/service/surveys/"),
    Shot("notes", "wangqiang", "/warehouse/notes/"),
    Shot("waves", "wangqiang", "/warehouse/waves/?tab=all"),
    Shot("wave", "wangqiang", "/warehouse/waves/?tab=picked", first="a[href*='/warehouse/wave/']"),
    Shot(
        "pack-station",
        "wangqiang",
        "/warehouse/notes/?tab=picked",
        first="a[href*='/warehouse/note/']",
        named="/warehouse/pack/?note=",
    ),
    Shot("stock", "wangqiang", "/warehouse/stock/"),
    Shot("parcels", "wangqiang", "/warehouse/parcels/"),
    Shot("register", "wangqiang", "/warehouse/register/"),
    Shot("kpi", "chenjing", "/kpi/"),
    Shot("figure", "chenjing", "/kpi/", first="#main a[href*='/kpi/warehouse.dispatch_in_24h/']"),
    Shot("kpi-board", "chenjing", "/kpi/board/"),
    Shot("wall", "chenjing", "/kpi/wall/"),
    Shot("indicators", "chenjing", "/kpi/indicators/"),
    Shot("report", "chenjing", "/reports/", first="#main a[href*='/reports/DAILY']"),
    Shot("points", "chenjing", "/points/all/"),
    Shot("offence", "lina", "/points/", first="a[href*='/points/offences/']"),
    Shot("rulebook", "lina", "/rulebook/"),
    Shot("clause", "zhaomin", "/rulebook/ORD-016/"),
    Shot("draft", "chenjing", "/rulebook/drafts/?tab=waiting", first=DRAFT),
    Shot("wind-tunnel", "chenjing", "/rulebook/drafts/?tab=waiting", first=DRAFT, down_to="#trial"),
    Shot("appeal", "chenjing", "/appeals/?tab=panel", first="#main a[href*='/appeals/'][data-opens]"),
    Shot("case", "chenjing", "/cases/", first="#main a[href*='/cases/'][data-opens]"),
    Shot("appraisal", "lina", "/appraisals/mine/", first="#main td a[href*='/appraisals/']"),
    Shot("month-close", "xujing", "/appraisals/months/", first="#main tr:nth-child(2) a[href*='/appraisals/months/']"),
    Shot("weights", "xujing", "/appraisals/setup/"),
    Shot("roster", "hejie", "/roster/?weeks=2"),
    Shot("roster-preview", "hejie", PREVIEW),
    Shot("handover", "hejie", "/handovers/?tab=offered", first="#main a[data-opens]"),
    Shot("permissions", "chenjing", "/people/permissions/"),
)


class Visitors:
    """The people of the demo, each logged in once."""

    def __init__(self, browser: Browser, url: str) -> None:
        """Begin with nobody logged in."""
        self.browser, self.url = browser, url
        self.sessions: dict[str, str] = {}

    def context(self, login: str, width: str, language: str) -> BrowserContext:
        """Return a browser of somebody, of a width and a language."""
        if login not in self.sessions:
            self.sessions[login] = self.log_in(login)
        size = WIDTHS[width]
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, device_scale_factor=1, locale=LOCALES[language]
        )
        context.add_cookies(
            [
                {"name": "sessionid", "value": self.sessions[login], "url": self.url},
                {"name": "django_language", "value": LANGUAGES[language], "url": self.url},
            ]
        )
        return context

    def log_in(self, login: str) -> str:
        """Log in with the demo's password, and return the session."""
        context = self.browser.new_context()
        page = context.new_page()
        page.goto(f"{self.url}/login/")
        page.fill("input[name=username]", login)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda address: "/login/" not in address)
        found = {str(one.get("name")): str(one.get("value")) for one in context.cookies()}
        context.close()
        for name, value in found.items():
            if "session" in name:
                return value
        message = f"{login} cannot log in"
        raise SystemExit(message)


def have_a_wave(visitors: Visitors) -> None:
    """Make and pick a wave, if no note waits to be packed."""
    context = visitors.context("wangqiang", "wide", "en")
    page = context.new_page()
    page.goto(f"{visitors.url}/warehouse/notes/?tab=picked")
    if not page.locator("a[href*='/warehouse/note/']").count():
        page.goto(f"{visitors.url}/warehouse/new-wave/")
        for form in ("/new-waves/", "/picking/", "/picked/"):
            asked = page.locator(f"form[action$='{form}']")  # some lie in dialogs that are closed
            if asked.count():
                with page.expect_navigation():
                    asked.first.evaluate(SUBMIT)
    context.close()


def take(visitors: Visitors, shot: Shot, width: str, language: str) -> bytes:
    """Open the page and return its picture."""
    context = visitors.context(shot.login, width, language)
    page = context.new_page()
    answer = page.goto(visitors.url + shot.path)
    if shot.first:
        link = page.locator(shot.first).first
        href = link.get_attribute("href", timeout=8000) or ""
        if shot.named:
            href = shot.named + href.rstrip("/").rsplit("/", 1)[-1]
        answer = page.goto(visitors.url + href if href.startswith("/") else f"{page.url.split('?')[0]}{href}")
    if answer is None or not answer.ok:
        message = f"{shot.name}: {page.url} answers {answer and answer.status}"
        raise SystemExit(message)
    if shot.down_to:
        page.locator(shot.down_to).evaluate("part => part.scrollIntoView()")
    page.wait_for_timeout(SETTLED)
    picture = page.screenshot(full_page=False)
    context.close()
    return picture


def write(picture: bytes, path: Path) -> None:
    """Write a picture with a palette; a page of text and lines loses nothing by it."""
    with Image.open(BytesIO(picture)) as image:
        small = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(path, optimize=True)


def main(arguments: Sequence[str]) -> int:
    """Take all pictures, or those named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--out", type=Path, default=ROOT / "docs/pictures")
    parser.add_argument("--only", nargs="*", default=[])
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("FONTCONFIG_FILE", str(ROOT / "shopops/static/fonts/fonts.conf"))
    missed = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("SHOP_CHROMIUM") or "/usr/bin/chromium", args=list(FLAGS)
        )
        visitors = Visitors(browser, options.url.rstrip("/"))
        have_a_wave(visitors)
        for shot in PAGES:
            if options.only and shot.name not in options.only:
                continue
            try:
                for width in WIDTHS:
                    for language in LANGUAGES:
                        suffix = "" if width == "wide" else "-390"
                        path = options.out / f"{shot.name}{suffix}.{language}.png"
                        write(take(visitors, shot, width, language), path)
            except Exception as error:  # noqa: BLE001 -- one page that fails must not cost the others
                missed += 1
                print(f"{shot.name}: {error}")
            else:
                print(shot.name, flush=True)
        browser.close()
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
