"""A result on paper: one PDF a person, printed from the snapshot by a worker."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import get_language

from shopops.kit.pdf import render_pdf
from staff.models import Appraisal, AppraisalCycle
from staff.queries.appraisal_page import Shown, shown_appraisal
from staff.queries.appraisals import appraisal_of
from staff.states import CycleState

KEPT_LANGUAGE = settings.LANGUAGE_CODE
"""Kept papers are in the language of the house."""


def print_papers(
    cycle: AppraisalCycle, *, only: int | None = None, step: Callable[[int, int], None] = lambda *_all: None
) -> int:
    """Print the papers of published results that have none yet; return how many.

    :param only: id of one appraisal.
    """
    bare = Appraisal.objects.filter(cycle=cycle, cycle__state__in=(CycleState.PUBLISHED, CycleState.LOCKED), paper="")
    wanted = list((bare if only is None else bare.filter(pk=only)).order_by("pk").values_list("pk", flat=True))
    for done, pk in enumerate(wanted):
        step(done, len(wanted))
        found = appraisal_of(pk)
        if found is not None and found.snapshot:
            _keep(found, paper_of(found))
    step(len(wanted), len(wanted))
    return len(wanted)


def paper_of(appraisal: Appraisal, *, language: str = KEPT_LANGUAGE) -> bytes:
    """Return the PDF of one published result. In jobs and commands only.

    :raises PdfUnavailable: if a system library is missing.
    """
    with translation.override(language):
        return render_pdf(render_to_string("staff/appraisal/paper.html", paper_context(appraisal)))


def paper_context(appraisal: Appraisal) -> dict[str, Any]:
    """Return what the paper prints; the snapshot alone, as the person sees it on the page."""
    shot = appraisal.snapshot
    english = get_language() == "en"
    shown: Shown = shown_appraisal(appraisal, appraisal.employee, at=appraisal.cycle.opened_at)

    def word(name: str) -> str:
        return str(shot.get(f"{name}_en" if english else name) or "")

    return {
        "shown": shown,
        "appraisal": appraisal,
        "shot": shot,
        "snapshot_number": shot["number"],
        "unit": word("unit"),
        "post": word("post"),
        "grade": word("grade"),
        "measures": word("measures"),
        "bonus": None if shot["bonus"] is None else Decimal(shot["bonus"]),
        "bonus_base": None if shot["bonus_base"] is None else Decimal(shot["bonus_base"]),
    }


def _keep(appraisal: Appraisal, content: bytes) -> None:
    """Keep a paper, unless the snapshot has changed while it was printed."""
    with transaction.atomic():
        locked = Appraisal.objects.select_for_update().get(pk=appraisal.pk)
        if locked.paper or locked.snapshot.get("number") != appraisal.snapshot["number"]:
            return
        locked.paper.save(f"{appraisal.snapshot['number']}.pdf", ContentFile(content), save=False)
        locked.save(update_fields=["paper"])
