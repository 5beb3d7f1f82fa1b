"""Plans of this year in the demo shop: most approved, one sent back, one waiting; next year's just begun."""

from __future__ import annotations

from datetime import datetime, timedelta

from shopops.kit.clock import shop_day, start_of_day
from staff.actions.plans import approve_plan, file_plan, return_plan, write_plan
from staff.models import Employee, YearPlan
from staff.queries.plans import units_headed
from staff.queries.superiors import superiors_of

GOALS = {
    "service": ("首次响应中位数 40 秒以内；当日会话当日清；差评率低于 0.5%", "每月会话指标与评价汇总"),
    "warehouse": ("24 小时发货率 98%；盘点差异低于千分之一", "每月发货与盘点指标"),
    "operations": ("全年销售额增长 20%；活动按时上线；日报准时率 100%", "每月销售、活动与报表指标"),
}
OTHERS = ("按计划完成全年工作，推动两项流程改进", "每季度由上级评估完成情况")
FOR_UNITS = ("部门目标：按公司年度指标分解到每月每人", "每月考核结果与公司指标完成率")


def make_plans(*, at: datetime) -> int:
    """Let everybody who has a superior plan this year in its January, and a few the next; return how many plans."""
    people = list(Employee.objects.filter(is_active=True, unit__isnull=False).select_related("unit").order_by("pk"))
    superiors = superiors_of(people)
    today = shop_day(at)
    january = start_of_day(today.replace(month=1, day=1)) + timedelta(days=11, hours=10)
    for number, person in enumerate(people):
        boss = superiors[person.pk]
        if boss is None or january > at:
            continue
        units = units_headed(person, today)
        for unit in (None, *units):
            goals, measures = GOALS.get(person.unit.code if person.unit else "", OTHERS) if unit is None else FOR_UNITS
            moment = january + timedelta(days=number % 12, minutes=7 * number)
            plan = write_plan(today.year, unit, goals=goals, measures=measures, by=person, at=moment)
            file_plan(plan, by=person, at=moment)
            if number % 9 == 7:  # noqa: PLR2004 -- some wait
                continue
            if number % 9 == 5:  # noqa: PLR2004 -- and some came back
                return_plan(plan, reason="目标没有分解到月，请补充。", by=boss, at=moment + timedelta(days=3))
            else:
                approve_plan(plan, answer="同意", by=boss, at=moment + timedelta(days=3))
    for person in people[3:5]:
        write_plan(today.year + 1, None, goals=OTHERS[0], measures="", by=person, at=at)
    return YearPlan.objects.count()
