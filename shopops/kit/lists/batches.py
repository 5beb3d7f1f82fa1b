"""Doing one thing to many rows: who is meant, what would happen, what did happen, row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import QueryDict
from django.urls import get_resolver, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopops.kit.batch import running_batch
from shopops.kit.jobs import Progress, job
from shopops.kit.lists.asking import Selection
from shopops.kit.lists.declarations import PAGES, BatchAction, ListPage, Reader
from shopops.kit.masking import mask_nick
from shopops.kit.refusals import Refused

if TYPE_CHECKING:
    from django.db.models import Model

    from shopops.kit.lists.declarations import Words

Thing = TypeVar("Thing", bound="Model")

MOST_ROWS = 20_000
"""Rows one batch may hold; the ids travel in the confirmation, so that exactly what was previewed is done."""
AT_ONCE = 200
"""Up to this many rows are done while the person waits; more go into the background."""
MOST_LISTED = 2_000
"""Refused rows kept with their reasons in the result of a background batch."""


@dataclass(frozen=True)
class Refusal:
    """One row that was left as it was, and why."""

    id: int
    name: str
    why: str


@dataclass
class Preview:
    """What a batch action would do."""

    action: BatchAction
    names: dict[int, str]
    skipped: list[Refusal]

    @property
    def will(self) -> list[int]:
        """Return the ids that would change."""
        left = {one.id for one in self.skipped}
        return [row_id for row_id in self.names if row_id not in left]

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Return why rows would be skipped, and how many for each reason, the commonest first."""
        return Counter(one.why for one in self.skipped).most_common()

    @property
    def in_background(self) -> bool:
        """Say whether so many rows go into the background."""
        return len(self.will) > AT_ONCE


@dataclass
class Outcome:
    """What a batch action did."""

    done: int = 0
    refused: list[Refusal] = field(default_factory=list)

    @property
    def failed_ids(self) -> str:
        """Return the refused ids, for trying again."""
        return ",".join(str(one.id) for one in self.refused)


def one_by_one(things: Iterable[Thing], verb: Callable[[Thing], object]) -> dict[int, Words]:
    """Run `verb` on each thing in a transaction of its own; return why some were refused.

    What is refused leaves no trace; what was done before and after it stays done.
    """
    refused: dict[int, Words] = {}
    for thing in things:
        try:
            with transaction.atomic():
                verb(thing)
        except Refused as refusal:
            refused[thing.pk] = refusal.sentence
    return refused


def chosen_ids(page: ListPage, posted: QueryDict, reader: Reader) -> list[int]:
    """Return the ids a posted form means: the ticked ones, or all of the filter with `every`.

    :raises Refused: if there is none, there are too many, or the filter was not understood.
    """
    if posted.get("every"):
        asked = Selection.of_query(page, reader, posted.get("query", ""))
        if asked.complaints:
            raise Refused(_("One of the filters is not understood; nothing was chosen. Correct it first."))
        ids = list(asked.order.apply(asked.rows).values_list("id", flat=True)[: MOST_ROWS + 1])
    else:
        texts = [text for value in posted.getlist("id") for text in value.split(",")]
        ids = list(dict.fromkeys(int(text) for text in texts if text.isdecimal() and len(text) < 19))  # noqa: PLR2004
    if not ids:
        raise Refused(_("Nothing is ticked."))
    if len(ids) > MOST_ROWS:
        raise Refused(_("More than %(most)s rows match. Narrow the filter and do it in parts.") % {"most": MOST_ROWS})
    return ids


def preview(page: ListPage, action: BatchAction, ids: Sequence[int], reader: Reader) -> Preview:
    """Return what the action would do to those of `ids` that the reader may see."""
    names = _names(page, ids, reader)
    why = action.skips(list(names), reader) if action.skips and names else {}
    skipped = [Refusal(row_id, name, str(why[row_id])) for row_id, name in names.items() if row_id in why]
    return Preview(action, names, skipped)


def run_batch(
    page: ListPage,
    action: BatchAction,
    ids: Sequence[int],
    reader: Reader,
    values: dict[str, Any],
    *,
    number: UUID,
    progress: Progress | None = None,
) -> Outcome:
    """Do the action to those of `ids` that the reader may see, and collect the refusals.

    :param values: the cleaned data of the action's form.
    :param number: shared by all events of the batch.
    """
    names = _names(page, ids, reader)
    outcome = Outcome()
    pending = list(names)
    with running_batch(number):
        for start in range(0, len(pending), action.chunk):
            part = pending[start : start + action.chunk]
            refused = action.run(part, by=reader.by, at=reader.at, **values)
            outcome.refused += [Refusal(one, names[one], str(refused[one])) for one in part if one in refused]
            outcome.done = start + len(part) - len(outcome.refused)
            if progress:
                progress.step(start + len(part), len(pending))
    return outcome


@job("lists.batch", label=gettext_lazy("Batch action"), queue="high")
def batch_job(progress: Progress, *, page: str, action: str, ids: list[int], form: str, batch: str) -> dict[str, Any]:
    """Run a batch in the background; a second run after a crash is refused by the rows already done."""
    found, reader = page_and_reader(page, progress)
    act = found.batch_action(action, reader)
    if act is None:
        raise Refused(_("You may no longer do this."))
    values: dict[str, Any] = {}
    if act.form:
        bound = act.form(QueryDict(form))
        if not bound.is_valid():
            raise Refused(_("The form that came with this batch is not complete."))
        values = bound.cleaned_data
    outcome = run_batch(found, act, ids, reader, values, number=UUID(batch), progress=progress)
    return {
        "page": page,
        "action": action,
        "done": outcome.done,
        "failed": len(outcome.refused),
        "refused": [[one.id, one.name, one.why] for one in outcome.refused[:MOST_LISTED]],
        "batch": batch,
        "form": form,
        "url": reverse(f"{found.url_name}_batch_result", args=[progress.run_id]),
    }


def page_and_reader(name: str, progress: Progress) -> tuple[ListPage, Reader]:
    """Return the page a job works on and the reader it works for, with today's permissions."""
    _load_pages()  # a worker has not loaded the pages yet
    return PAGES[name], Reader(get_user_model().objects.get(pk=progress.asked_by_id or 0), progress.started_at)


def _load_pages() -> None:
    """Load every department's pages, as the first request does in a web server."""
    len(get_resolver().url_patterns)


def _names(page: ListPage, ids: Sequence[int], reader: Reader) -> dict[int, str]:
    """Return id → name of those rows the reader may see, in the order of `ids`."""
    found = dict(page.rows(reader).filter(id__in=ids).order_by().values_list("id", page.known_by))
    shown = mask_nick if page.row_hidden else str
    return {row_id: shown(str(found[row_id])) for row_id in ids if row_id in found}
