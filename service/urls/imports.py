"""Addresses of imports of service files, and their lines of the menu."""

from __future__ import annotations

from django.urls import URLPattern

from shopops.kit.navigation import Entry

PATHS: list[URLPattern] = []

ENTRIES: tuple[Entry, ...] = ()
