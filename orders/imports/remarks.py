"""Remarks on whole files: who had them before, what was read once, what was left as it was."""

from __future__ import annotations

from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from orders.imports.order_rows import Written
from orders.imports.reading import Complaints
from orders.imports.staging import Stage
from orders.models import ImportBatch
from orders.states import ImportState
from shopops.kit.sentences import sentence


def remark_who_had_it(batch: ImportBatch, files: list[dict[str, Any]], complaints: Complaints) -> None:
    """Say who has imported each of these files before, and when."""
    for facts in files:
        earlier = (
            ImportBatch.objects.filter(state=ImportState.DONE, files__contains=[{"sha256": facts["sha256"]}])
            .exclude(pk=batch.pk)
            .select_related("started_by")
            .order_by("-started_at", "-pk")
            .first()
        )
        if earlier is None:
            continue
        told = {
            "when": date_format(localtime(earlier.started_at), "Y-m-d H:i"),
            "who": earlier.started_by.name if earlier.started_by else _("the system"),
            "number": earlier.pk,
        }
        complaints.add(
            str(facts["name"]),
            0,
            "",
            sentence(_("This file was imported on %(when)s by %(who)s already (import %(number)s)."), **told),
        )


def remark_repeats(complaints: Complaints, stage: Stage, count: int, first_ones: list[tuple[int, int]]) -> None:
    """Name rows that repeat another."""
    for place, (row, first) in enumerate(first_ones):
        complaints.add(
            stage.file,
            row,
            stage.headers.get("order_number", ""),
            sentence(_("the row repeats row %(first)s and was read once"), first=first),
            more=count - len(first_ones) if place == len(first_ones) - 1 else 0,
        )


def remark_left_alone(complaints: Complaints, stage: Stage, written: Written) -> None:
    """Say how many rows were left out because something better is known."""
    if written.stale:
        words = _("%(count)s rows lie behind what is known already (an older report); they were left out.")
        complaints.add(stage.file, 0, "", sentence(words, count=written.stale))
    if written.elsewhere:
        words = _("%(count)s orders are known under another shop than the file names, and stay there.")
        complaints.add(stage.file, 0, "", sentence(words, count=written.elsewhere))


def remark_made_from_lines(complaints: Complaints, stage: Stage, written: Written) -> None:
    """Say how many orders only their lines have told of."""
    if written.new:
        words = _(
            "%(count)s orders are in no order report yet. They were made as far as their lines tell: buyer, address "
            "and what was paid are missing until the order report (订单报表) is imported."
        )
        complaints.add(stage.file, 0, "", sentence(words, count=written.new))
