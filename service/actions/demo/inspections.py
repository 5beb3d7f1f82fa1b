"""Quality inspection in the demo shop: some conversations scored, some waiting."""

from __future__ import annotations

from datetime import datetime, timedelta

from service.actions.inspections import (
    contest_inspection,
    draw_inspections,
    ensure_criteria,
    score_inspection,
    uphold_inspection,
)
from service.models import Inspection
from service.states import Sender
from shopops.kit.clock import shop_day
from shopops.kit.refusals import Refused
from staff.models import Employee

REMARKS = ("问候得体，主动推荐了搭配。", "回答准确，收尾没有提醒买家下单。", "耐心，但首句等得久。", "")
NOTES = ("开场少了称呼", "没有推荐搭配", "没有给出下一步", "没有批注")
SAID = ("可以先称呼买家", "这里宜主动问尺码", "回答准确，值得学习", "语气可以再热情一点")
OBJECTIONS = ("开场的问候是机器人先发的，不应再扣。", "买家自己说不需要推荐，请复核。")
_DAY = timedelta(days=1)


def make_inspections(*, inspector: Employee, at: datetime) -> int:
    """Draw conversations of the last ten days, and score two of three; return how many were drawn."""
    today = shop_day(at)
    try:
        drawn = draw_inspections(today - 10 * _DAY, today - _DAY, per_agent=3, by=inspector, at=at - timedelta(hours=3))
    except Refused:  # a demo of a day or two has nothing to draw
        return 0
    criteria = ensure_criteria()
    for number, one in enumerate(drawn):
        if number % 3 == 2:  # noqa: PLR2004 -- every third waits
            continue
        points = {
            each.pk: each.most - (number * 3 + place * 2) % (each.most // 2) for place, each in enumerate(criteria)
        }
        _score(one, number, points, inspector, at=at - timedelta(hours=2))
    _contest([one for number, one in enumerate(drawn) if number % 3 != 2], inspector, at=at)  # noqa: PLR2004
    return len(drawn)


def _score(one: Inspection, number: int, points: dict[int, int], inspector: Employee, *, at: datetime) -> None:
    """Score a conversation: a note where points are missing most, a remark on one message of ours."""
    criteria = {each.pk: each for each in ensure_criteria()}
    worst = min(points, key=lambda key: points[key] / criteria[key].most)
    ours = one.conversation.messages.filter(sender=Sender.AGENT).order_by("at", "pk").first()
    score_inspection(
        one,
        points,
        note=REMARKS[number % len(REMARKS)],
        notes={worst: NOTES[number % len(NOTES)]},
        remarks={ours.pk: SAID[number % len(SAID)]} if ours else {},
        by=inspector,
        at=at,
    )


def _contest(scored: list[Inspection], inspector: Employee, *, at: datetime) -> None:
    """Let two agents object: one is answered, one waits."""
    for number, one in enumerate(scored[:2]):
        contest_inspection(one, reason=OBJECTIONS[number], by=one.agent, at=at - timedelta(hours=1))
        if number == 0:
            words = "第一句没有称呼，维持原分；已写入培训要点。"
            uphold_inspection(one, answer=words, by=inspector, at=at - timedelta(minutes=30))
