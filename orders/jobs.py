"""Background work of orders. Thin: each calls the middle and ends."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orders.actions.checks import check_orders
from orders.actions.holds import release_due_holds
from orders.actions.merges import merge_proposals
from orders.actions.prices import measure_prices
from orders.actions.screening import screen_orders
from orders.exports import slip_pdf, write_tally
from orders.imports.stored import import_stored
from orders.models import ImportBatch, Order, PaymentSlip, ReviewRule
from orders.queries.rule_trial import try_rule, try_wording
from orders.queries.tally import asked_month
from orders.states import IN_REVIEW, UNREVIEWED
from shopops.kit.jobs import Progress, job
from staff.models import Employee


@job("orders.screen_orders", label=_("Screen orders"))
def screen_orders_job(
    progress: Progress, *, order_ids: list[int] | None = None, batch_id: int | None = None
) -> dict[str, Any]:
    """Screen these orders, or those of an import; without either, all that nobody has released."""
    ids = order_ids
    if ids is None:
        waiting = Order.objects.filter(state__in=UNREVIEWED)
        if batch_id is not None:
            batch = ImportBatch.objects.get(pk=batch_id)
            waiting = waiting.filter(Q(first_batch=batch) | Q(last_batch=batch))
        ids = list(waiting.order_by("pk").values_list("pk", flat=True))
    measure_prices(at=progress.started_at)
    done = screen_orders(ids, at=progress.started_at, step=lambda count: progress.step(count, len(ids)))
    return vars(done)


@job("orders.release_due_holds", label=_("Release orders whose hold is over"))
def release_due_holds_job(progress: Progress) -> dict[str, Any]:
    """Release what is due and let the rules look at it; look again at the stock of orders that lacked some."""
    released = release_due_holds(at=progress.started_at)
    screen_orders(released, at=progress.started_at)
    short = list(
        Order.objects.filter(is_short=True, state__in=IN_REVIEW).order_by("ship_by").values_list("pk", flat=True)[:5000]
    )
    cleared = check_orders(short, at=progress.started_at).cleared if short else 0
    return {"released": len(released), "back_in_stock": cleared}


@job("orders.merge_proposals", label=_("Merge what belongs together"))
def merge_proposals_job(progress: Progress) -> dict[str, Any]:
    """Merge all proposals, for the person who asked."""
    by = Employee.objects.get(pk=progress.asked_by_id) if progress.asked_by_id else None
    parcels, refused = merge_proposals(by=by, at=progress.started_at)
    return {"parcels": parcels, "refused": len(refused)}


@job("orders.try_rule", label=_("Try a rule on the last 30 days"))
def try_rule_job(
    progress: Progress, *, rule_id: int | None = None, draft: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Say what a rule, or a draft nobody has saved, would have done with the orders of the last 30 days."""
    if draft is None:
        found = try_rule(rule_id or 0, at=progress.started_at, step=progress.step)
    else:
        found = try_wording(ReviewRule(**draft), at=progress.started_at, step=progress.step)
    return found | {"url": reverse("orders:rule_trial", args=[progress.run_id])}


@job("orders.import_orders", label=_("Import orders"))
def import_orders_job(progress: Progress, *, batch_id: int) -> dict[str, Any]:
    """Import uploaded reports, and check the orders in them."""
    batch = ImportBatch.objects.select_related("started_by", "shop").get(pk=batch_id)
    import_stored(batch, at=progress.started_at, step=progress.step)
    return {**batch.counts, "url": reverse("orders:import_batch", args=[batch.pk])}


@job("orders.export_tally", label=_("Export the tally of a month"))
def export_tally_job(progress: Progress, *, month: str) -> dict[str, Any]:
    """Write the tally of a month (2026-10) as a workbook for the person who asked."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tally.xlsx"
        count = write_tally(asked_month(month, at=progress.started_at), path)
        progress.keep_file(path, f"{gettext('Month-end tally')}_{month}.xlsx")
    return {"orders": count}


@job("orders.print_slip", label=_("Payment slip on paper"), queue="high")
def print_slip_job(progress: Progress, *, slip_id: int) -> dict[str, Any]:
    """Print a payment slip."""
    slip = PaymentSlip.objects.select_related("shop", "employee", "handed_to").get(pk=slip_id)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "slip.pdf"
        path.write_bytes(slip_pdf(slip))
        progress.keep_file(path, f"{gettext('Payment slip')}_{slip.number}.pdf")
    return {"url": slip.get_absolute_url()}
