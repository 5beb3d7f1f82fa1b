"""Drafts of clauses: written by one person, tried, published by another; what is published stays as it is."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import shop_day, start_of_day
from shopops.kit.moves import move
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import notify, record
from staff.actions.trials import end_shadow, start_trial
from staff.models import Clause, ClauseVersion, Employee, RadarSighting, Trial
from staff.queries.drafts import COPIED, changed_terms, hands_on, last_published, names_for_braces, unknown_braces
from staff.queries.people import people_who_may
from staff.states import VERSION_MOVES, ExcuseKind, Outcome, TrialKind, TrialState, VersionState

_DAY = timedelta(days=1)
_MOST_NOTE = 300
_NUMBERS = ("points", "fund", "superior_points", "escalates_by", "monthly_cap")
_REWRITABLE = (*COPIED, "valid_from", "note")


@transaction.atomic
def draft_version(clause: Clause, *, by: Employee, at: datetime, **terms: Any) -> ClauseVersion:
    """Begin the next version of a clause as a copy of the last one that is published, with `terms` changed.

    :param terms: columns of the version by their names, `note` and `valid_from` among them; the rest is copied.
    :raises Refused: if the clause has never been published or is gone, or the terms do not fit together.
    """
    last = last_published(clause)
    if last is None:
        raise Refused(_("This clause has no version yet that a draft could start from."))
    if clause.dropped_on:
        raise Refused(_("The rulebook does not have this clause any more; it is kept for what was charged under it."))
    kept = {name: getattr(last, name) for name in COPIED}
    draft = ClauseVersion(
        clause=clause,
        drafted_by=by,
        drafted_at=at,
        **{"valid_from": shop_day(at) + _DAY, **kept, **_known(terms)},
    )
    _check(draft, last)
    draft.save(force_insert=True)
    record("staff.clause_drafted", draft, by=by, at=at, changes=_changes(last, draft), reason=draft.note)
    return draft


@transaction.atomic
def change_draft(draft: ClauseVersion, *, by: Employee, at: datetime, **terms: Any) -> ClauseVersion:
    """Change a draft; if it was put forward already, that is taken back, since nobody has seen it like this.

    :raises Refused: if it is no draft any more, runs in shadow, or the terms do not fit together.
    """
    locked = _locked(draft)
    if locked.state == VersionState.SHADOW:
        raise Refused(_("The draft runs in shadow; end that first, so that what it recorded stays comparable."))
    _want_draft(locked)
    last = last_published(locked.clause)
    assert last is not None  # noqa: S101 -- a draft started from it
    before = {name: getattr(locked, name) for name in _REWRITABLE}
    for name, value in _known(terms).items():
        setattr(locked, name, value)
    _check(locked, last)
    changes = {
        name: (before[name], getattr(locked, name)) for name in _REWRITABLE if before[name] != getattr(locked, name)
    }
    if not changes:
        return locked
    locked.put_forward_at = None
    locked.save(update_fields=[*changes, "put_forward_at"])
    record("staff.draft_changed", locked, by=by, at=at, changes=changes)
    return locked


@transaction.atomic
def put_draft_forward(draft: ClauseVersion, *, by: Employee, at: datetime) -> None:
    """Say that a draft is ready for the second person; everybody who may publish it is told.

    :raises Refused: if it changes nothing, gives no reason, or is no draft any more.
    """
    locked = _locked(draft)
    _want_draft(locked, VersionState.SHADOW)
    _want_change_and_reason(locked)
    if locked.put_forward_at:
        raise Refused(_("The draft has been put forward already."))
    locked.put_forward_at = draft.put_forward_at = at
    locked.save(update_fields=["put_forward_at"])
    record("staff.draft_put_forward", locked, by=by, at=at, reason=locked.note)
    touched = hands_on(locked)
    notify(
        [person for person in people_who_may("staff.publish_clause") if person.pk not in touched],
        "draft",
        _("%(person)s puts forward a new version of %(clause)s: %(note)s"),
        at=at,
        url=locked.get_absolute_url(),
        person=str(by),
        clause=locked.clause.number,
        note=locked.note[:120],
    )


@transaction.atomic
def drop_draft(draft: ClauseVersion, *, by: Employee, at: datetime, reason: str = "") -> None:
    """Give a draft up; it stays readable.

    :raises MoveRefused: if it is published or dropped already.
    """
    move(draft, VersionState.DROPPED, moves=VERSION_MOVES, put_forward_at=None)
    record("staff.clause_dropped", draft, by=by, at=at, reason=reason.strip())
    _end_shadow(draft)


@transaction.atomic
def shadow_draft(draft: ClauseVersion, *, by: Employee, at: datetime) -> None:
    """Let a draft run in shadow: every night it records what it would have charged, and charges nothing.

    :raises Refused: if nothing watches the clause by itself, or another draft of it is in shadow already.
    """
    clause = Clause.objects.select_for_update().get(pk=draft.clause_id)
    if not clause.detector:
        raise Refused(_("Nothing watches this clause by itself, so there is nothing to record in shadow."))
    if clause.versions.filter(state=VersionState.SHADOW).exclude(pk=draft.pk).exists():
        raise Refused(_("Another draft of this clause runs in shadow already."))
    move(draft, VersionState.SHADOW, moves=VERSION_MOVES)
    record("staff.clause_shadowed", draft, by=by, at=at)
    first = shop_day(at)
    start_trial(TrialKind.SHADOW, first=first, last=first, versions=[draft], reason=draft.note, by=by, at=at)


@transaction.atomic
def unshadow_draft(draft: ClauseVersion, *, by: Employee, at: datetime) -> None:
    """End the shadow run of a draft; what it recorded stays.

    :raises MoveRefused: if it does not run in shadow.
    """
    move(draft, VersionState.DRAFT, moves=VERSION_MOVES)
    record("staff.clause_unshadowed", draft, by=by, at=at)
    _end_shadow(draft)


@transaction.atomic
def publish_draft(draft: ClauseVersion, *, valid_from: date, by: Employee, at: datetime) -> ClauseVersion:
    """Let a draft hold from a day on; until then, and for everything before, the present version stays.

    The second pair of eyes belongs to somebody who has neither written nor changed the draft.

    :raises Refused: if `by` had a hand in it, the day has begun, nothing would change, no reason is given, a later
        version is published already, or it is no draft any more.
    """
    Clause.objects.select_for_update().get(pk=draft.clause_id)
    locked = _locked(draft)
    _want_draft(locked, VersionState.SHADOW)
    if by.pk in hands_on(locked):
        raise Refused(_("You wrote or changed this draft. A second person publishes it."))
    last = last_published(locked.clause)
    assert last is not None  # noqa: S101 -- a draft started from it
    if valid_from <= shop_day(at):
        raise Refused(_("A version holds from tomorrow at the earliest: nobody is judged by a rule made afterwards."))
    if valid_from <= last.valid_from:
        raise Refused(
            sentence(
                _("A later version of this clause is published already; it holds from %(day)s."),
                day=last.valid_from.isoformat(),
            )
        )
    _check(locked, last)
    _want_change_and_reason(locked)
    last.valid_to = valid_from
    last.save(update_fields=["valid_to"])
    move(
        locked,
        VersionState.PUBLISHED,
        moves=VERSION_MOVES,
        version=(last.version or 0) + 1,
        valid_from=valid_from,
        published_by=by,
        published_at=at,
    )
    _end_shadow(locked)
    _look_ahead_anew(locked)
    record(
        "staff.clause_published",
        locked,
        by=by,
        at=at,
        changes={"version": (last.version, locked.version), "valid_from": (None, valid_from)} | _changes(last, locked),
        reason=locked.note,
    )
    if locked.drafted_by:
        notify(
            [locked.drafted_by],
            "draft",
            _("%(person)s has published your version of %(clause)s; it holds from %(day)s."),
            at=at,
            url=locked.get_absolute_url(),
            person=str(by),
            clause=locked.clause.number,
            day=valid_from.isoformat(),
        )
    return locked


def _look_ahead_anew(version: ClauseVersion) -> None:
    """Forget what the radar saw coming under the version before: nobody avoided what a new rule does away with."""
    since = start_of_day(version.valid_from)
    coming = RadarSighting.objects.filter(clause=version.clause_id, outcome=Outcome.COMING, due_at__gt=since)
    coming.delete()


def _end_shadow(draft: ClauseVersion) -> None:
    """End what a draft records in shadow, if it does."""
    for trial in Trial.objects.filter(kind=TrialKind.SHADOW, state=TrialState.COMPUTING, versions=draft):
        end_shadow(trial)


def _locked(draft: ClauseVersion) -> ClauseVersion:
    """Return the row as it is now, kept for this transaction."""
    return ClauseVersion.objects.select_for_update(of=("self",)).select_related("clause", "drafted_by").get(pk=draft.pk)


def _want_draft(draft: ClauseVersion, *others: VersionState) -> None:
    if draft.state not in (VersionState.DRAFT, *others):
        raise Refused(
            sentence(_("This version is “%(state)s”; it is no draft any more."), state=draft.get_state_display())
        )


def _want_change_and_reason(draft: ClauseVersion) -> None:
    last = last_published(draft.clause)
    if last is not None and not _changes(last, draft):
        raise Refused(_("Nothing would change."))
    if not draft.note.strip():
        raise Refused(_("Say what changed and why."))


def _known(terms: dict[str, Any]) -> dict[str, Any]:
    """Return the terms as the columns keep them.

    :raises TypeError: if there is no such column to draft.
    """
    if strange := set(terms) - set(_REWRITABLE):
        raise TypeError(f"no such term of a version: {', '.join(sorted(strange))}")
    kept = dict(terms)
    for name in _NUMBERS:
        if kept.get(name) is not None:
            kept[name] = Decimal(kept[name]).quantize(Decimal("0.01"))
    if "excuses" in kept:
        kept["excuses"] = [one for one in ExcuseKind.values if one in kept["excuses"]]
    if "note" in kept:
        kept["note"] = kept["note"].strip()[:_MOST_NOTE]
    return kept


def _changes(last: ClauseVersion, draft: ClauseVersion) -> dict[str, tuple[Any, Any]]:
    """Return what a draft changes of the version it follows."""
    return {name: (getattr(last, name), getattr(draft, name)) for name in changed_terms(last, draft)}


def _check(draft: ClauseVersion, last: ClauseVersion) -> None:
    """Refuse what would not be the same clause any more, or could not be read or priced."""
    if set(draft.parameters) != set(last.parameters):
        raise Refused(_("A clause keeps its parameters; only their values change."))
    for before, after in _priced(last, draft):
        if before < 0 < after or after < 0 < before:
            raise Refused(_("Penalties are negative, rewards positive; this clause keeps its sign."))
    if not draft.text.strip() or not draft.text_en.strip():
        raise Refused(_("A clause is worded in Chinese and in English."))
    for text in (draft.text, draft.text_en):
        if strange := unknown_braces(draft, text):
            raise Refused(
                sentence(
                    _("%(brace)s in the text stands for nothing this clause has. It knows: %(known)s."),
                    brace="{" + strange[0] + "}",
                    known=" ".join("{" + name + "}" for name in sorted(names_for_braces(draft))),
                )
            )


def _priced(last: ClauseVersion, draft: ClauseVersion) -> list[tuple[Decimal, Decimal]]:
    """Return the pairs of points whose signs must agree."""
    pairs = [(last.points, draft.points), (last.superior_points, draft.superior_points)]
    sign = last.points or next((Decimal(one) for one in last.grades.values()), Decimal(0))
    return pairs + [(sign, Decimal(one)) for one in draft.grades.values()]
