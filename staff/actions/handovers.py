"""Handing a shift over: list what is open, decide about each, offer it; the receiver accepts item by item (CS-007)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import shop_day
from shopops.kit.holdings import HOLDINGS
from shopops.kit.moves import move, move_many
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import notify, record, record_many
from staff.models import Employee, Handover, HandoverItem
from staff.policy.duty import ACCEPT_MINUTES
from staff.queries.handovers import duty_to_hand_over, next_on_duty
from staff.queries.leave import on_leave
from staff.queries.superiors import superiors_of
from staff.states import HANDOVER_MOVES, ITEM_MOVES, HandoverState, ItemState

OPEN_ITEMS = (ItemState.OFFERED, ItemState.WITH_LEADER)
_DECIDED_BY_GIVER = (ItemState.DONE, ItemState.KEPT, ItemState.OFFERED)


@transaction.atomic
def begin_handover(giver: Employee, *, at: datetime) -> Handover:
    """Begin the handover of the shift that runs or ran last, or go on with it; lists what is open now.

    The colleague of the next shift is proposed from the roster.
    """
    Employee.objects.select_for_update(no_key=True).get(pk=giver.pk)
    handover = Handover.objects.filter(giver=giver, state=HandoverState.DRAFT).first()
    if handover is None:
        duty = duty_to_hand_over(giver, at)
        handover = Handover.objects.create(
            giver=giver,
            duty=duty,
            receiver=next_on_duty(giver, duty, at),
            leader=superiors_of([giver])[giver.pk],
            begun_at=at,
        )
        record("staff.handover_begun", handover, by=giver, at=at)
    list_open_things(handover, at=at)
    return handover


@transaction.atomic
def list_open_things(handover: Handover, *, at: datetime) -> None:
    """Bring the list of a handover that is still written up to date: what is new comes in, what has ended is done."""
    have = {(one.holding, one.subject_id): one for one in handover.items.select_for_update()}
    held = {(name, thing.id): thing for name, kind in HOLDINGS.items() for thing in kind.mine(handover.giver_id, at)}
    HandoverItem.objects.bulk_create(
        HandoverItem(
            handover=handover,
            holding=name,
            subject_id=number,
            label=thing.label[:160],
            url=thing.url[:300],
            due_at=thing.due_at,
        )
        for (name, number), thing in held.items()
        if (name, number) not in have
    )
    for key, item in have.items():
        if key not in held and item.state != ItemState.DONE:
            move(item, ItemState.DONE, moves=ITEM_MOVES, answered_at=at)


@transaction.atomic
def decide_item(item: HandoverItem, state: ItemState, *, note: str = "", by: Employee, at: datetime) -> HandoverItem:
    """Say what becomes of an open thing: done, kept, or handed over with a note.

    :raises Refused: if the handover is another's or already offered, or what is handed over has no note.
    """
    locked = _locked_item(item)
    if by.pk != locked.handover.giver_id:
        raise Refused(_("This is somebody else's handover."))
    if locked.handover.state != HandoverState.DRAFT:
        raise Refused(_("The handover was given already."))
    if state not in _DECIDED_BY_GIVER:
        raise Refused(_("An open thing is done, kept or handed over."))
    note = note.strip()[:300]
    if state == ItemState.OFFERED and not note:
        raise Refused(_("Say what the next shift should do about it."))
    if locked.state == state:
        locked.note = note
        locked.save(update_fields=["note"])
        return locked
    before = move(locked, state, moves=ITEM_MOVES, note=note)
    changes = {"state": (before, state.value)}
    record("staff.item_decided", locked, by=by, at=at, changes=changes, reason=note)
    return locked


@transaction.atomic
def decide_rest(handover: Handover, state: ItemState, *, note: str = "", by: Employee, at: datetime) -> int:
    """Say of everything that is not decided yet what becomes of it, with one note; return how many things.

    :raises Refused: if the handover is another's or given already, what is handed over has no note, or all is decided.
    """
    locked = _locked(handover)
    if by.pk != locked.giver_id:
        raise Refused(_("This is somebody else's handover."))
    if locked.state != HandoverState.DRAFT:
        raise Refused(_("The handover was given already."))
    if state not in _DECIDED_BY_GIVER:
        raise Refused(_("An open thing is done, kept or handed over."))
    note = note.strip()[:300]
    if state == ItemState.OFFERED and not note:
        raise Refused(_("Say what the next shift should do about it."))
    rest = list(locked.items.select_for_update().filter(state=ItemState.LISTED))
    if not rest:
        raise Refused(_("Everything is decided already."))
    move_many(rest, state, moves=ITEM_MOVES, note=note)
    changes = {"state": (ItemState.LISTED.value, state.value)}
    record_many("staff.item_decided", [(item, changes) for item in rest], by=by, at=at, reason=note)
    return len(rest)


@transaction.atomic
def offer_handover(
    handover: Handover, *, receiver: Employee | None, note: str = "", rest: str = "", by: Employee, at: datetime
) -> Handover:
    """Hand the shift over to a colleague; without one everything offered is with the leader at once.

    :param rest: one note for everything that is not decided yet: it is handed over with it.
    :raises Refused: if it is another's or given already, something is not decided, there is nobody to give it to, or
        the colleague has left or is on leave.
    """
    locked = _locked(handover)
    if by.pk != locked.giver_id:
        raise Refused(_("This is somebody else's handover."))
    if receiver is not None:
        _check_receiver(receiver, by=by, at=at)
    list_open_things(locked, at=at)
    if rest.strip() and locked.items.filter(state=ItemState.LISTED).exists():
        decide_rest(locked, ItemState.OFFERED, note=rest, by=by, at=at)
    if count := locked.items.filter(state=ItemState.LISTED).count():
        raise Refused(sentence(_("%(count)s things are not decided yet."), count=count))
    offered = locked.items.filter(state=ItemState.OFFERED)
    note = note.strip()
    if receiver is None and locked.leader is None and offered.exists():
        raise Refused(_("There is nobody to hand over to: name a colleague."))
    move(locked, HandoverState.OFFERED, moves=HANDOVER_MOVES, receiver=receiver, note=note, offered_at=at)
    record("staff.handover_offered", locked, by=by, at=at, reason=note[:500])
    if receiver is not None:
        _tell([receiver], locked, _("%(name)s hands the shift over to you."), at=at)
    else:
        _leave_with_leader(locked, at=at)
    _close_when_done(locked, by=by, at=at)
    return locked


@transaction.atomic
def read_handover(handover: Handover, *, by: Employee, at: datetime) -> Handover:
    """Say that one has read what the shift before wrote (STF-099).

    :raises Refused: if it was given to somebody else, or is not given yet.
    """
    locked = _locked(handover)
    if by.pk != locked.receiver_id:
        raise Refused(_("This was handed over to somebody else."))
    if locked.state == HandoverState.DRAFT:
        raise Refused(_("It is still being written."))
    _mark_read(locked, by=by, at=at)
    _close_when_done(locked, by=by, at=at)
    return locked


@transaction.atomic
def accept_items(
    handover: Handover, ids: Iterable[int] | None = None, *, to: Employee | None = None, by: Employee, at: datetime
) -> int:
    """Accept open things, some or all; from now on they, their clocks and the answering are the receiver's.

    The leader accepts what was left with them, for themselves or for somebody they name. Returns how many.

    :param to: whom the leader gives it to.
    :raises Refused: if it was given to somebody else, or nothing of it waits.
    """
    locked = _locked(handover)
    is_leader = by.pk == locked.leader_id
    if by.pk != locked.receiver_id and not is_leader:
        raise Refused(_("This was handed over to somebody else."))
    waits = OPEN_ITEMS if by.pk == locked.receiver_id else (ItemState.WITH_LEADER,)
    items = locked.items.select_for_update().filter(state__in=waits)
    if ids is not None:
        items = items.filter(pk__in=list(ids))
    taken = list(items.order_by("due_at", "pk"))
    if not taken:
        raise Refused(_("Nothing of it waits for you."))
    if to is not None and not is_leader:
        raise Refused(_("Only the leader gives it on."))
    whose = to or by
    if by.pk == locked.receiver_id:
        _mark_read(locked, by=by, at=at)
    for item in taken:
        move(item, ItemState.ACCEPTED, moves=ITEM_MOVES, answered_by=whose, answered_at=at)
        record("staff.item_accepted", item, by=by, at=at, reason=item.note)
    _pass_on(taken, whose, by=by, at=at)
    if to is not None:
        _tell([to], locked, _("%(name)s's open things were given to you."), at=at)
    _close_when_done(locked, by=by, at=at)
    return len(taken)


@transaction.atomic
def pass_overdue(*, at: datetime) -> int:
    """Leave with the leader what nobody accepted in time; return how many things."""
    limit = at - timedelta(minutes=ACCEPT_MINUTES())
    late = Handover.objects.filter(
        state=HandoverState.OFFERED, offered_at__lte=limit, items__state=ItemState.OFFERED, leader__isnull=False
    ).distinct()
    return sum(_leave_with_leader(_locked(one), at=at) for one in list(late.order_by("pk")))


def _check_receiver(receiver: Employee, *, by: Employee, at: datetime) -> None:
    """See whether a shift can be handed over to somebody.

    :raises Refused: if it is the giver, has left, or is on leave.
    """
    if receiver.pk == by.pk:
        raise Refused(_("Hand over to somebody else."))
    if not receiver.is_active or (receiver.left_on is not None and receiver.left_on < shop_day(at)):
        raise Refused(sentence(_("%(name)s does not work here then."), name=receiver))
    if away := on_leave(at).filter(employee=receiver).first():
        kind = away.get_kind_display()
        raise Refused(sentence(_("%(name)s is on leave then: %(leave)s."), name=receiver, leave=kind))


def _leave_with_leader(handover: Handover, *, at: datetime) -> int:
    """Give the leader what was offered and not accepted; the giver has gone home."""
    left = list(handover.items.select_for_update().filter(state=ItemState.OFFERED))
    if not left or handover.leader is None:
        return 0
    for item in left:
        move(item, ItemState.WITH_LEADER, moves=ITEM_MOVES)
        record("staff.item_left_with_leader", item, by=None, at=at)
    _pass_on(left, handover.leader, by=handover.giver, at=at)
    _tell([handover.leader], handover, _("Nobody has accepted what %(name)s handed over: it is with you."), at=at)
    return len(left)


def _pass_on(items: list[HandoverItem], receiver: Employee, *, by: Employee, at: datetime) -> None:
    kinds: dict[str, list[int]] = {}
    for item in items:
        kinds.setdefault(item.holding, []).append(item.subject_id)
    for name, ids in kinds.items():
        if name in HOLDINGS:
            HOLDINGS[name].pass_on(ids, receiver, by=by, at=at)


def _mark_read(handover: Handover, *, by: Employee, at: datetime) -> None:
    if handover.read_at is None:
        handover.read_at = at
        handover.save(update_fields=["read_at"])
        record("staff.handover_read", handover, by=by, at=at)


def _close_when_done(handover: Handover, *, by: Employee, at: datetime) -> None:
    """Close a handover when nothing of it is open and somebody has read it."""
    is_read = handover.read_at is not None or handover.receiver_id is None
    if handover.state != HandoverState.OFFERED or not is_read:
        return
    if not handover.items.filter(state__in=OPEN_ITEMS).exists():
        move(handover, HandoverState.CLOSED, moves=HANDOVER_MOVES, closed_at=at)
        record("staff.handover_closed", handover, by=by, at=at)


def _locked(handover: Handover) -> Handover:
    whole = Handover.objects.select_related("giver", "receiver", "leader")
    return whole.select_for_update(of=("self",)).get(pk=handover.pk)


def _locked_item(item: HandoverItem) -> HandoverItem:
    return HandoverItem.objects.select_related("handover").select_for_update(of=("self", "handover")).get(pk=item.pk)


def _tell(people: Iterable[Employee], handover: Handover, text: str | Promise, *, at: datetime) -> None:
    notify(people, "handover", text, at=at, url=handover.get_absolute_url(), name=handover.giver.name)
