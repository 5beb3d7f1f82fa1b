"""A real Chromium for the tests and the screenshots: found, or installed, or a loud end."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.dev.installing import apt_install, line_to_run, may_install
from tools.dev.places import FONTS, python, say

NAMES = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser", "chrome")

#: Quiet, the same everywhere, and able to run as root and in small containers.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)

_FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <match target="pattern">
    <edit name="family" mode="append_last" binding="weak"><string>Noto Sans SC</string></edit>
  </match>
</fontconfig>
"""


def find_chromium() -> str | None:
    """Give the browser to drive: ``$SHOP_CHROMIUM``, one on the search path, Playwright's own, or None."""
    if chosen := os.environ.get("SHOP_CHROMIUM", "").strip():
        return chosen
    for name in NAMES:
        path = shutil.which(name)
        if path and not _is_snap(path):
            return path
    asked = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    answer = subprocess.run([python(), "-c", asked], capture_output=True, text=True, check=False)
    kept = answer.stdout.strip()
    return kept if kept and Path(kept).exists() else None


def ensure_chromium() -> str:
    """Find Chromium or install it; stops with the line to run when neither works. Never skips."""
    if found := find_chromium():
        return found
    debian = not _is_ubuntu()  # Ubuntu's package is a stub that asks for snap
    if debian and may_install() and apt_install(["chromium"]) and (found := find_chromium()):
        return found
    say("Letting Playwright fetch its own Chromium ...")
    fetch = [str(python()), "-m", "playwright", "install", "chromium"]
    if os.geteuid() == 0 or may_install():
        fetch.insert(-1, "--with-deps")
    subprocess.run(fetch, stdout=sys.stderr, check=False)
    if found := find_chromium():
        return found
    line = line_to_run(["chromium"]) if debian else "install Chrome or Chromium (not the snap)"
    raise SystemExit(
        f"The tests need a real Chromium and none could be installed. Run this, then try again:\n\n  {line}"
    )


def browser_environment(folder: Path) -> Mapping[str, str]:
    """Give the variables that make browser and PDF pages look the same on every machine: only the bundled fonts.

    :param folder: a writable folder for the generated font configuration and its cache.
    """
    folder.mkdir(parents=True, exist_ok=True)
    conf = folder / "fonts.conf"
    conf.write_text(_FONTS_CONF.format(fonts=FONTS, cache=folder / "font-cache"), encoding="utf-8")
    return {"FONTCONFIG_FILE": str(conf)}


def _is_snap(path: str) -> bool:
    """Say whether a program is a snap or Ubuntu's stub for one; neither can be driven from here."""
    resolved = Path(path).resolve()
    if "snap" in resolved.parts:
        return True
    try:
        return b"snap install" in resolved.read_bytes()[:4096]
    except OSError:
        return False


def _is_ubuntu() -> bool:
    try:
        return "ID=ubuntu" in Path("/etc/os-release").read_text(encoding="utf-8").split("\n")
    except OSError:
        return False
