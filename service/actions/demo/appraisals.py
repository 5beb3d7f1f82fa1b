"""The demo shop's appraisals: two months behind it, one of them locked, and this month begun."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from shopops.kit.clock import SHANGHAI, shop_day
from staff.actions.appraisal_cycles import audit_cycle, lock_cycle, open_cycle, publish_cycle
from staff.actions.appraisal_forms import FormScore
from staff.actions.appraisal_setup import load_appraisal, set_pay_terms
from staff.actions.appraisals import file_self_review, object_to_result, score_appraisal, sign_result
from staff.models import Appraisal, AppraisalCycle, Employee
from staff.states import CycleKind, LineKind

HR, CHIEF, FIRST = "xujing", "shenguodong", "chenjing"
SUPERVISOR_WAGE = Decimal(3500)
"""The register gives the wage of supervisors only (STF-154); that of members is masked there and stays empty."""
BONUSES = {
    "shop-head": 4000, "service-supervisor": 2600, "warehouse-supervisor": 2600, "operations-supervisor": 3000,
    "operations-specialist": 2000, "analyst": 2200, "designer": 1800, "buyer": 1800, "finance": 1800,
    "hr-specialist": 1800, "service": 1500, "presale": 1600, "aftersale": 1500, "warehouse": 1200, "support": 1500,
}  # fmt: skip
"""Performance bonus at 100, yuan a month, by post."""
WORDS = {
    "service": (
        "接待咨询、审核订单、处理一般售后",
        "响应稳定，当日会话当日清",
        "高峰期备注偶有遗漏",
        "整理快捷短语，备注当场写",
    ),
    "warehouse": (
        "拣货、打包、发货与盘点",
        "当日单当日发，盘点无差异",
        "雨天到货晚，上架拖到次日",
        "到货先登记，分区上架",
    ),
    "operations": ("店铺日常运营与数据跟踪", "活动按时上线，日报准时", "个别商品详情更新慢", "上新前核对清单"),
}
OTHERS = ("按计划完成本月工作", "各项按时交付", "与其他部门沟通偏晚", "提前一天同步进度")
COMMENTS = (
    "工作踏实，注意减少延误。",
    "配合主动，继续保持。",
    "进步明显，下月关注细节。",
    "能独立处理问题，可带新人。",
)
GROUNDS = ("按时完成，主动沟通", "完成安排的任务，偶有拖延", "结果超出要求，能举出事例")
SIGNED_SHARE = 0.7
PUBLISHED_ON, LOCKED_ON, SCORED_ON = 9, 18, 5
"""Days of the month after."""


def make_appraisals(*, at: datetime, random: Random) -> int:
    """Make pay terms and the appraisals of the last months, through the real actions; return how many."""
    load_appraisal(at=at)
    people = {one.username: one for one in Employee.objects.filter(is_active=True)}
    _pay(people, at)
    today = shop_day(at)
    this = today.replace(day=1)
    newest = _month_before(this) if today.day > PUBLISHED_ON else _month_before(_month_before(this))
    for month in (_month_before(newest), newest):
        cycle = _month(month, people, random)
        if month != newest:
            lock_cycle(cycle, by=people[FIRST], at=_on(_after(month), LOCKED_ON))
    _answers(cycle, people, at=min(at, _on(_after(newest), PUBLISHED_ON, hour=17)))
    open_one = open_cycle(CycleKind.MONTH, _after(newest), by=people[HR], at=min(at, _on(_after(newest), 28)))
    for one in list(_people(open_one))[::4]:
        file_self_review(one, _words(one), by=one.employee, at=at)
    return Appraisal.objects.count()


def _pay(people: dict[str, Employee], at: datetime) -> None:
    """Give everybody pay terms; those of HR are set by the general manager."""
    since = date(shop_day(at).year - 1, 1, 1)
    for person in people.values():
        post = person.positions.order_by("position").first()
        if post is None:
            continue
        set_pay_terms(
            person,
            since=since,
            bonus_base=Decimal(BONUSES.get(post.code, 0)),
            base_wage=SUPERVISOR_WAGE if post.is_head else None,
            by=people[CHIEF] if person.username == HR else people[HR],
            at=at,
        )


def _month(first: date, people: dict[str, Employee], random: Random) -> AppraisalCycle:
    """Live through a month: open, self-reviews, scores, check, publication."""
    after = _after(first)
    last_day = after - timedelta(days=1)
    cycle = open_cycle(CycleKind.MONTH, first, by=None, at=_at(last_day, 6))
    for place, one in enumerate(_people(cycle)):
        is_late = place == 3  # noqa: PLR2004 -- somebody forgets
        if place != 8:  # noqa: PLR2004 -- somebody never does
            file_self_review(one, _words(one), by=one.employee, at=_on(after, 2) if is_late else _at(last_day, 17))
        lines = one.lines.filter(kind=LineKind.FORM)
        level = random.choice((76, 82, 86, 90, 94))
        forms = {
            line.pk: FormScore(Decimal(level + random.choice((-4, 0, 3))), random.choice(GROUNDS)) for line in lines
        }
        adjustment, reason = (Decimal(2), "主动顶班三次") if place == 5 else (Decimal(0), "")  # noqa: PLR2004
        if one.superior is not None:
            score_appraisal(
                one,
                forms,
                comment=random.choice(COMMENTS),
                adjustment=adjustment,
                reason=reason,
                by=one.superior,
                at=_on(after, SCORED_ON),
            )
    audit_cycle(cycle, by=people[HR], at=_on(after, 8))
    publish_cycle(cycle, by=people[HR], at=_on(after, PUBLISHED_ON))
    return cycle


def _answers(cycle: AppraisalCycle, people: dict[str, Employee], *, at: datetime) -> None:
    """Let most people sign, and one object."""
    found = list(_people(cycle))
    for place, one in enumerate(found):
        if one.employee == people.get("zhouqian"):
            text = "本月两单延误是快递停运造成，已提交截图，请复核。"
            object_to_result(one, text=text, by=one.employee, at=at)
        elif place < len(found) * SIGNED_SHARE:
            sign_result(one, by=one.employee, at=at)


def _people(cycle: AppraisalCycle) -> list[Appraisal]:
    rows = cycle.appraisals.select_related("employee", "superior", "position__unit", "cycle")
    return list(rows.order_by("employee__employee_number"))


def _words(one: Appraisal) -> dict[str, str]:
    unit = one.position.unit.code if one.position else ""
    return dict(zip(("tasks", "results", "problems", "plans"), WORDS.get(unit, OTHERS), strict=True))


def _month_before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)


def _after(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def _on(first: date, day: int, *, hour: int = 10) -> datetime:
    return _at(first.replace(day=day), hour)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=SHANGHAI)
