"""Addresses of rosters, leave, handovers, problems, meetings and work reports, and their lines of the menu."""

from __future__ import annotations

from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _

from shopops.kit.navigation import Department, Entry, add_department

PATHS: list[URLPattern] = []

ENTRIES: tuple[Entry, ...] = ()

add_department(Department("duty", _("Shifts and handovers"), place=70, entries=ENTRIES))
