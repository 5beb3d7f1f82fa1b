"""Questions about imports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from orders.models import ImportBatch, Order
from orders.states import UNREVIEWED, ImportState, OrderState
from shopops.kit.lists import Reader, Row
from shopops.kit.masking import mask_address, mask_name, mask_nick, mask_phone
from staff.actions.events import plain
from staff.models import Employee
from staff.queries.history import Change, changes_in_words
from staff.queries.jobs import took

AT_ONCE = 5000
TONES = {
    ImportState.WAITING: "plain",
    ImportState.READING: "info",
    ImportState.DONE: "good",
    ImportState.REHEARSED: "warn",
    ImportState.REFUSED: "danger",
}
OPEN = (ImportState.WAITING, ImportState.READING)
REPORTS = {"orders": _("order report"), "lines": _("item report")}
_HIDDEN = {
    "receiver_name": mask_name,
    "receiver_phone": mask_phone,
    "address": mask_address,
    "buyer_nick": mask_nick,
    "buyer_account": mask_nick,
}


def orders_to_screen(batch: ImportBatch) -> Iterator[list[int]]:
    """Yield the ids of the orders an import has made or changed and nobody has released, some thousand at a time."""
    last = 0
    while ids := list(_touched(batch).filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        yield ids
        last = ids[-1]


def count_to_screen(batch: ImportBatch) -> int:
    """Return how many those are."""
    return _touched(batch).count()


def _touched(batch: ImportBatch) -> QuerySet[Order]:
    return Order.objects.filter(Q(first_batch=batch) | Q(last_batch=batch), state__in=UNREVIEWED)


def listed_imports(_reader: Reader) -> QuerySet[ImportBatch]:
    """Return all imports."""
    return ImportBatch.objects.filter(kind="orders")


def matching_imports(text: str) -> Q:
    """Return the condition for the search box: a file's name, a number, or who imported it."""
    found = Q(files__icontains=text) | Q(started_by__name__icontains=text)
    return found | Q(pk=int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else found  # noqa: PLR2004


def add_import_words(rows: list[Row], _reader: Reader) -> None:
    """Put on the rows of a page what is shown of files, counts and states."""
    for row in rows:
        state = ImportState(row["state"])
        row["tone"], row["state_label"] = TONES[state], state.label
        row["names"] = [one["name"] for one in row["files"]]
        row["orders"] = (row["counts"] or {}).get("orders") or {}
        row["lines"] = (row["counts"] or {}).get("lines") or {}
        row["took"] = took(row["started_at"], row["finished_at"])


def hidden(changes: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Return changes with personal data hidden, before and after."""
    return {
        name: [_HIDDEN[name](str(value or "")) for value in pair] if name in _HIDDEN else pair
        for name, pair in changes.items()
    }


def in_order(changes: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Return changes in the order of the columns of an order, those of lines behind."""
    places = {column.name: place for place, column in enumerate(Order._meta.concrete_fields)}
    return dict(sorted(changes.items(), key=lambda change: (places.get(change[0], len(places)), change[0])))


def platform_says(order: Order) -> list[Change]:
    """Return what the platform says where ours differs on purpose: ours before, theirs after; personal data masked."""
    said = {name: value for name, value in (order.platform_values or {}).items() if name != "lines"}
    pairs = {name: [plain(getattr(order, name)), value] for name, value in said.items()}
    differ = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    return changes_in_words("orders.Order", in_order(hidden(differ)))


@dataclass(frozen=True)
class FileShown:
    """A file of an import."""

    name: str
    reports: str
    rows: int | None
    size: int
    sha256: str


@dataclass(frozen=True)
class ChangedShown:
    """A changed order of an import: what was written, and what was held back."""

    id: int
    number: str
    state: str
    applied: list[Change]
    held: list[Change]


@dataclass
class ImportShown:
    """An import as its page shows it."""

    batch: ImportBatch
    reader: Employee

    @property
    def tone(self) -> str:
        """Return the colour of its state."""
        return TONES[ImportState(self.batch.state)]

    @property
    def is_open(self) -> bool:
        """Say whether it still waits or runs."""
        return self.batch.state in OPEN

    @property
    def is_screening(self) -> bool:
        """Say whether the orders are written, but still being checked."""
        run = self.batch.job_run
        return self.batch.state == ImportState.DONE and run is not None and run.state in {"queued", "running"}

    @property
    def took(self) -> str:
        """Return how long it took, in words."""
        return took(self.batch.started_at, self.batch.finished_at)

    @property
    def files(self) -> list[FileShown]:
        """Return its files."""
        return [
            FileShown(
                one["name"],
                "、".join(str(REPORTS[kind]) for kind in one.get("reports", ())),
                one.get("rows"),
                one.get("bytes") or 0,
                one.get("sha256", ""),
            )
            for one in self.batch.files
        ]

    @property
    def orders(self) -> dict[str, int]:
        """Return the counts of orders."""
        return dict(self.batch.counts.get("orders") or {})

    @property
    def lines(self) -> dict[str, int]:
        """Return the counts of lines."""
        return dict(self.batch.counts.get("lines") or {})

    @property
    def refused(self) -> int:
        """Return how many rows were refused."""
        return self.orders.get("refused", 0) + self.lines.get("refused", 0)

    @property
    def can_be_imported(self) -> bool:
        """Say whether it was a rehearsal whose files are still there."""
        return self.batch.state == ImportState.REHEARSED and all(one.get("stored") for one in self.batch.files)

    @property
    def new(self) -> list[dict[str, Any]]:
        """Return the first new orders; of a rehearsal they have no page."""
        return [
            {**one, "state_label": OrderState(one["state"]).label, "id": None if self.batch.is_rehearsal else one["id"]}
            for one in self.batch.sample.get("new", [])
        ]

    @property
    def changed(self) -> list[ChangedShown]:
        """Return the first changed orders, those with something held back first, personal data masked."""
        in_full = self.reader.has_perm("orders.reveal_personal_data")
        return [
            ChangedShown(
                one["id"],
                one["number"],
                str(OrderState(one["state"]).label),
                *(
                    changes_in_words("orders.Order", in_order(one[part] if in_full else hidden(one[part])))
                    for part in ("applied", "held")
                ),
            )
            for one in self.batch.sample.get("changed", [])
        ]
