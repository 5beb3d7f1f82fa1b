"""What an agent keeps beside the chats: memos, telephone calls, the checklist before work."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from service.models import Buyer, ChecklistItem, ChecklistTick, Memo, PhoneCall
from service.states import CallDirection
from shopops.kit.refusals import Refused
from staff.actions.events import record
from staff.models import Duty, Employee

LONGEST_RING = 600
"""Seconds; nobody lets a telephone ring for longer."""


@transaction.atomic
def write_memo(text: str, *, remind_at: datetime | None = None, by: Employee, at: datetime) -> Memo:
    """Write a line of one's memo book (CS-046).

    :raises Refused: if it is empty, or the reminder is past.
    """
    if not text.strip():
        raise Refused(_("The memo is empty."))
    if remind_at is not None and remind_at <= at:
        raise Refused(_("The moment is past."))
    memo = Memo.objects.create(employee=by, text=text.strip(), written_at=at, remind_at=remind_at)
    record("service.memo_written", memo, by=by, at=at)
    return memo


@transaction.atomic
def finish_memo(memo: Memo, *, by: Employee, at: datetime) -> None:
    """Tick a memo off.

    :raises Refused: if it is somebody else's, or ticked off already.
    """
    if memo.employee_id != by.pk:
        raise Refused(_("That memo is somebody else's."))
    if not Memo.objects.filter(pk=memo.pk, done_at=None).update(done_at=at):
        raise Refused(_("That memo is ticked off already."))
    record("service.memo_done", memo, by=by, at=at)


@transaction.atomic
def note_call(
    *,
    employee: Employee,
    rang_at: datetime,
    direction: str = CallDirection.IN,
    ring_seconds: int | None = None,
    is_answered: bool = True,
    buyer: Buyer | None = None,
    phone: str = "",
    text: str = "",
    by: Employee,
    at: datetime,
) -> PhoneCall:
    """Enter a telephone call: who answered after how many seconds (CS-059).

    :param employee: whose telephone it was.
    :raises Refused: if the call lies ahead, an incoming one has no seconds, or they cannot be.
    """
    if direction not in CallDirection.values:
        raise Refused(_("Say who rang whom."))
    if rang_at > at:
        raise Refused(_("That moment lies ahead."))
    if direction == CallDirection.IN and ring_seconds is None:
        raise Refused(_("Say for how many seconds it rang."))
    if ring_seconds is not None and not 0 <= ring_seconds <= LONGEST_RING:
        raise Refused(_("A telephone rings for 0 to 600 seconds."))
    call = PhoneCall.objects.create(
        direction=direction,
        buyer=buyer,
        phone=phone.strip()[:40],
        employee=employee,
        rang_at=rang_at,
        ring_seconds=ring_seconds,
        is_answered=is_answered,
        text=text.strip(),
        noted_by=by,
        noted_at=at,
    )
    record("service.call_noted", call, by=by, at=at)
    return call


@transaction.atomic
def tick_item(duty: Duty, item: ChecklistItem, *, by: Employee, at: datetime) -> None:
    """Tick something that is ready before work, or take the tick back (CS-010, CS-011).

    :raises Refused: if the duty is somebody else's, or the item is not in use.
    """
    if duty.employee_id != by.pk:
        raise Refused(_("That duty is somebody else's."))
    if not item.is_used:
        raise Refused(_("That line is not in use any more."))
    _tick, is_new = ChecklistTick.objects.get_or_create(duty=duty, item=item, defaults={"at": at})
    if is_new:
        record("service.checklist_ticked", duty, by=by, at=at, reason=str(item))
    else:
        _tick.delete()


DEFAULT_ITEMS = {
    "presale": (
        ("商品介绍流程", "How goods are presented"),
        ("聊天接待流程", "How chats are answered"),
        ("客户分组", "Groups of customers"),
        ("客户信息收集", "What is asked of customers"),
        ("异议疑虑解答", "Answers to doubts"),
        ("议价回复", "Answers to haggling"),
    ),
    "aftersale": (
        ("中差评处理流程", "How bad reviews are handled"),
        ("延伸服务流程", "Services beyond the sale"),
        ("退换货流程", "Returns and exchanges"),
    ),
}
"""The nine lines of the register (CS-010, CS-011); put in once, changed in the admin site."""


@transaction.atomic
def load_checklist() -> int:
    """Put in the lines of the checklist where there are none yet; return how many were put in."""
    if ChecklistItem.objects.exists():
        return 0
    items = [
        ChecklistItem(kind=kind, text=text, text_en=text_en, position=place)
        for kind, lines in DEFAULT_ITEMS.items()
        for place, (text, text_en) in enumerate(lines, start=1)
    ]
    return len(ChecklistItem.objects.bulk_create(items))
