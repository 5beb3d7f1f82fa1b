"""Pictures of the demo shop for the README and the tour, at two widths and in two languages.

    ./dev screenshots [--url http://127.0.0.1:8000] [--out docs/pictures] [--only NAME …]

Needs a running demo (`./dev demo` in another terminal). Pages are listed in `PAGES`; a page whose address needs a
document opens the first row of a list.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "shopops-demo"  # noqa: S105 -- the demo's, printed by ./dev demo
WIDTHS = {"wide": (1440, 900), "narrow": (390, 844)}
LANGUAGES = {"zh": "zh-hans", "en": "en"}
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")


@dataclass(frozen=True)
class Shot:
    """One picture: who looks at which page; `first` follows the first link that matches on it."""

    name: str
    login: str
    path: str
    first: str = ""


PAGES: Sequence[Shot] = (
    Shot("my-work", "chenjing", "/"),
    Shot("orders", "chenjing", "/orders/"),
    Shot("review-desk", "lina", "/orders/review/"),
    Shot("import", "lina", "/orders/imports/"),
    Shot("dispatch", "wangqiang", "/warehouse/notes/"),
    Shot("waves", "wangqiang", "/warehouse/waves/"),
    Shot("pack-station", "wangqiang", "/warehouse/pack/"),
    Shot("stock", "wangqiang", "/warehouse/stock/"),
    Shot("parcels", "wangqiang", "/warehouse/parcels/"),
    Shot("kpi", "chenjing", "/kpi/"),
    Shot("points", "zhaomin", "/points/"),
    Shot("rulebook", "lina", "/rulebook/"),
    Shot("permissions", "chenjing", "/permissions/"),
)


def take(browser: Browser, url: str, out: Path, shot: Shot, width: str, language: str) -> None:
    """Log in, open the page, and write the picture."""
    size = WIDTHS[width]
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, device_scale_factor=1)
    context.add_cookies([{"name": "django_language", "value": LANGUAGES[language], "url": url}])
    page = context.new_page()
    log_in(page, url, shot.login)
    page.goto(url + shot.path)
    if shot.first:
        page.locator(shot.first).first.click()
        page.wait_for_load_state()
    page.wait_for_timeout(600)
    suffix = "" if width == "wide" else "-390"
    page.screenshot(path=out / f"{shot.name}{suffix}.{language}.png", full_page=False)
    context.close()


def log_in(page: Page, url: str, login: str) -> None:
    """Log in with the demo's password."""
    page.goto(f"{url}/login/")
    page.fill("input[name=username]", login)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state()


def main(arguments: Sequence[str]) -> int:
    """Take all pictures, or those named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--out", type=Path, default=ROOT / "docs/pictures")
    parser.add_argument("--only", nargs="*", default=[])
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("FONTCONFIG_FILE", str(ROOT / "shopops/static/fonts/fonts.conf"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("SHOP_CHROMIUM") or "/usr/bin/chromium", args=list(FLAGS)
        )
        for shot in PAGES:
            if options.only and shot.name not in options.only:
                continue
            for width in WIDTHS:
                for language in LANGUAGES:
                    take(browser, options.url, options.out, shot, width, language)
            print(shot.name)
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
