"""Questions about parcels on their way."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import DurationField, ExpressionWrapper, F, Q, QuerySet, Value
from django.utils.translation import gettext as _

from shopops.kit.lists import Reader
from shopops.kit.lists.declarations import Row
from warehouse.models import Parcel
from warehouse.policy import UNCOLLECTED_HOURS
from warehouse.states import ARRIVED, ParcelState

TONES = {
    ParcelState.HANDED_OVER: "plain",
    ParcelState.COLLECTED: "info",
    ParcelState.IN_TRANSIT: "info",
    ParcelState.OUT_FOR_DELIVERY: "accent",
    ParcelState.AT_PICKUP_POINT: "accent",
    ParcelState.SIGNED: "good",
    ParcelState.FAILED: "danger",
    ParcelState.RETURNED: "danger",
}


def listed_parcels(_reader: Reader) -> QuerySet[Parcel]:
    """Return the rows of the list of parcels."""
    return Parcel.objects.all()


def matching_parcels(text: str) -> Q:
    """Return the condition for the search box: waybill, note or order."""
    word = text.strip()
    return Q(waybill=word.upper()) | Q(note__number=word.upper()) | Q(note__order_numbers__startswith=word)


def uncollected(at: datetime) -> Q:
    """Return the condition for parcels the carrier should have collected by now."""
    return Q(state=ParcelState.HANDED_OVER, shipped_at__lt=at - timedelta(hours=UNCOLLECTED_HOURS()))


def silent(at: datetime) -> Q:
    """Return the condition for parcels on their way of which the carrier says nothing any more."""
    patience = ExpressionWrapper(F("carrier__stalled_hours") * Value(timedelta(hours=1)), output_field=DurationField())
    on_its_way = ~Q(state__in=(ParcelState.HANDED_OVER, *ARRIVED))
    return on_its_way & Q(last_news_at__lt=Value(at) - patience)


def stalled(at: datetime) -> Q:
    """Return the condition for parcels somebody should ask the carrier about."""
    return ~Q(state__in=ARRIVED) & (uncollected(at) | silent(at) | Q(state=ParcelState.FAILED))


def add_parcel_words(rows: list[Row], reader: Reader) -> None:
    """Put words and tones on the rows, and why a parcel counts as stalled; no query."""
    labels = dict(ParcelState.choices)
    waiting = timedelta(hours=UNCOLLECTED_HOURS())
    for row in rows:
        row["state_label"], row["tone"] = labels[row["state"]], TONES[row["state"]]
        row["why"] = ""
        if row["state"] == ParcelState.HANDED_OVER:
            if reader.at - row["shipped_at"] > waiting:
                row["why"] = _("not collected for %(hours)s hours") % {"hours": _hours(reader.at - row["shipped_at"])}
        elif row["state"] == ParcelState.FAILED:
            row["why"] = _("delivery failed")
        elif row["state"] not in ARRIVED:
            quiet = reader.at - row["last_news_at"]
            if quiet > timedelta(hours=row["carrier__stalled_hours"]):
                row["why"] = _("no news for %(hours)s hours") % {"hours": _hours(quiet)}
        row["edge"] = "danger" if row["state"] in {ParcelState.FAILED, ParcelState.RETURNED} else ""
        if row["why"] and not row["edge"]:
            row["edge"] = "warn"


def _hours(span: timedelta) -> int:
    return int(span.total_seconds() // 3600)
