"""Reported cases, appeals in every state, excuses and rewards of the demo shop, all by the real verbs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.files.base import ContentFile

from shopops.kit.clock import shop_day, start_of_day
from staff.actions.appeals import (
    accept_answer,
    answer_appeal,
    file_appeal,
    lapse_appeals,
    take_appeal_on,
    vote_on_appeal,
    withdraw_appeal,
)
from staff.actions.cases import ask_waiver, confirm_case, reject_case, report_case, withdraw_case
from staff.actions.excuses import confirm_excuse, enter_excuse, refuse_excuse
from staff.actions.incidents import report_people
from staff.models import Appeal, CaseReport, Clause, Employee, Offence
from staff.states import ExcuseKind, Standing, Verdict


@dataclass(frozen=True)
class Stage:
    """Who plays, and when it is now."""

    people: dict[str, Employee]
    at: datetime

    def ago(self, days: int, hour: int) -> datetime:
        """Return a moment so many days back, never after now."""
        moment = start_of_day(shop_day(self.at) - timedelta(days=days)) + timedelta(hours=hour)
        return min(moment, self.at)

    def report(
        self, number: str, who: str, text: str, *, by: str, days: int, seen: str = "", note: str = ""
    ) -> CaseReport:
        """Report something that happened in the morning of a day; a note of what was seen goes with it."""
        files = [ContentFile(note.encode(), name=f"{seen or '说明'}.txt")] if note else []
        return report_case(
            clause=Clause.objects.get(number=number),
            employee=self.people[who],
            happened_at=self.ago(days, 10),
            text=text,
            files=files,
            by=self.people[by],
            at=self.ago(days, 11),
        )

    def charge(
        self, number: str, who: str, text: str, *, days: int, by: str = "zhaomin", judge: str = "huanglei", **more: str
    ) -> Offence:
        """Report something and have it confirmed the same afternoon."""
        case = self.report(number, who, text, by=by, days=days, **more)
        return confirm_case(case, answer="已核实", by=self.people[judge], at=self.ago(days, 16))

    def appeal(self, offence: Offence, text: str, *, days: int, hour: int = 18, note: str = "") -> Appeal:
        """Have the person charged appeal."""
        files = [ContentFile(note.encode(), name="聊天记录.txt")] if note else []
        return file_appeal(offence, text=text, files=files, by=offence.employee, at=self.ago(days, hour))


def make_cases(*, at: datetime) -> int:
    """Play three weeks of reports, verdicts and excuses; return how many cases and appeals there are."""
    people = {person.username: person for person in Employee.objects.select_related("unit")}
    stage = Stage(people, at)
    _closed_appeals(stage)
    _open_appeals(stage)
    _reports(stage)
    _excuses(stage)
    return CaseReport.objects.count() + Appeal.objects.count()


def _closed_appeals(stage: Stage) -> None:
    """Play appeals that ended: withdrawn points, kept, reduced, a rule at fault, silence, taken back."""
    hejie, lina, sunyue = (stage.people[name] for name in ("hejie", "lina", "sunyue"))
    won = stage.charge(
        "CS-055",
        "lina",
        "自动回复还写着昨天的截单时间",
        days=18,
        seen="自动回复",
        note="亲，今天 15:00 前付款当天发出～\n（今天的截单时间是 16:00）\n",
    )
    appeal = stage.appeal(
        won,
        "早上改好了，千牛掉线没有存上，重连后马上改了，附截图时间。",
        days=17,
        note="10:03 千牛提示：网络连接已断开\n10:06 已重新连接\n",
    )
    answer_appeal(
        appeal, verdict=Verdict.WITHDRAW, text="千牛掉线记录属实，不是本人原因。", by=hejie, at=stage.ago(16, 10)
    )

    kept = stage.charge("CS-055", "sunyue", "大促期间自动回复仍写着上周的活动", days=15)
    appeal = stage.appeal(kept, "主管没有通知改文案。", days=14)
    answer_appeal(
        appeal, verdict=Verdict.UPHOLD, text="活动前一天群公告已通知，有已读记录。", by=hejie, at=stage.ago(13, 11)
    )
    accept_answer(appeal, by=sunyue, at=stage.ago(12, 9))

    less = stage.charge("CS-062", "zhouqian", "把满 199 减 20 说成满 99 减 20，买家要求兑现", days=14)
    appeal = stage.appeal(less, "当天活动页写错，我照页面说的。", days=13)
    answer_appeal(
        appeal,
        verdict=Verdict.REDUCE,
        points=Decimal(-2),
        text="页面确实有误，但下单前应向运营确认，减为 2 分。",
        by=hejie,
        at=stage.ago(12, 15),
    )
    accept_answer(appeal, by=stage.people["zhouqian"], at=stage.ago(11, 9))

    fault = stage.charge("GOV-013", "wufang", "换货回访没有按流程填表", days=11, by="xujing", judge="chenjing")
    appeal = stage.appeal(fault, "换货回访没有“使用感受”可填，表格不适用。", days=10)
    answer_appeal(
        appeal, verdict=Verdict.RULE_DEFECT, text="表格没有区分换货回访，条款应修订。", by=hejie, at=stage.ago(9, 10)
    )

    silent = stage.charge("CAT-053", "mating", "详情页面料成分写错一处", days=16, by="linxiao", judge="chenjing")
    stage.appeal(silent, "成分是供应商改版后才变的，我按旧样衣写的。", days=15)
    lapse_appeals(at=stage.ago(6, 1))

    back = stage.charge("CS-055", "lina", "自动回复漏写发货时间", days=9)
    appeal = stage.appeal(back, "我以为写了。", days=8)
    withdraw_appeal(appeal, by=lina, at=stage.ago(8, 20))


def _open_appeals(stage: Stage) -> None:
    """Leave appeals with the leader, answered, and before the panel with one opinion given."""
    hejie = stage.people["hejie"]
    stage.appeal(
        stage.charge("GOV-013", "sunyue", "客户退货资料没有按流程当天交仓库", days=2, by="xujing", judge="chenjing"),
        "下班前仓库已关门，资料锁在抽屉里，第二天一早就交了。",
        days=1,
        note="18:05 仓库：今天盘点，提前锁门了\n",
    )
    answered = stage.appeal(
        stage.charge("CS-062", "zhouqian", "告诉买家“羊羔绒不掉毛”，与质检报告不符", days=4), "买家问的是里料。", days=3
    )
    answer_appeal(
        answered,
        verdict=Verdict.REDUCE,
        points=Decimal(-3),
        text="聊天记录里买家没有说明是里料，但也没有追问，减为 3 分。",
        by=hejie,
        at=stage.ago(1, 10),
    )
    panel = stage.appeal(
        stage.charge("CS-062", "wufang", "告诉买家腰带已补寄，其实没有登记补发", days=5),
        "当天已口头告诉仓库唐敏。",
        days=4,
    )
    answer_appeal(panel, verdict=Verdict.UPHOLD, text="口头转告没有记录，不能算处理。", by=hejie, at=stage.ago(3, 10))
    take_appeal_on(panel, by=stage.people["wufang"], at=stage.ago(2, 9))
    vote_on_appeal(
        panel,
        verdict=Verdict.REDUCE,
        points=Decimal(-1),
        text="唐敏证实听说过，但没有登记，减为 1 分较妥。",
        by=stage.people["xujing"],
        at=stage.ago(1, 14),
    )


def _reports(stage: Stage) -> None:
    """Report what waits, what was rejected or taken back, rewards, money for the fund, and a waiver of much."""
    people = stage.people
    stage.report(
        "CS-062",
        "lina",
        "评价说先答应包邮、又让补运费，请核实聊天记录",
        by="zhaomin",
        days=1,
        seen="评价",
        note="★☆☆☆☆ 说好包邮，又要补 8 元运费\n",
    )
    report_people(
        [people["gaofeng"], people["linxiao"]],
        clause=Clause.objects.get(number="GOV-013"),
        happened_at=stage.ago(2, 10),
        text="采购未走比价流程直接下单，运营同意后未补审批",
        incident="采购比价流程",
        by=people["xujing"],
        at=stage.ago(2, 11),
    )
    stage.charge("GOV-013", "mating", "主图未经复核直接上线，违反上线流程", days=7, by="xujing", judge="chenjing")
    wrong = stage.report("CS-055", "sunyue", "自动回复没有写周末值班时间", by="zhaomin", days=6)
    reject_case(wrong, reason="周五已改，截图是上周的。", by=people["chenjing"], at=stage.ago(5, 10))
    slip = stage.report("CS-055", "lina", "自动回复里店名写错", by="zhaomin", days=5)
    withdraw_case(slip, by=people["zhaomin"], at=stage.ago(5, 12))
    idea = stage.report(
        "GOV-015",
        "linxiao",
        "建议退货签收后自动提醒退款，已采纳",
        by="xujing",
        days=8,
        note="采纳记录：流程组 11 月例会\n",
    )
    confirm_case(idea, answer="采纳，谢谢", by=people["chenjing"], at=stage.ago(7, 10))
    stage.report("GOV-015", "lina", "建议在审单台标出改过地址的订单", by="hejie", days=1)
    leak = stage.charge("DATA-018", "gaofeng", "把日报表截图发到供应商群", days=6, by="zhaomin", judge="chenjing")
    ask_waiver(leak, reason="截图只含公开的活动销量，未见经营数据。", by=people["chenjing"], at=stage.ago(2, 15))


def _excuses(stage: Stage) -> None:
    """Enter an outage that excuses what was charged in it, a leave that waits, and one that was refused."""
    people, at = stage.people, stage.at
    late = Offence.objects.filter(clause__number="ORD-016", standing=Standing.CHARGED, is_frozen=False)
    hit = late.order_by("-happened_at").first()
    if hit is not None:
        outage = enter_excuse(
            ExcuseKind.OUTAGE,
            starts_at=hit.happened_at - timedelta(hours=2),
            ends_at=hit.happened_at + timedelta(minutes=1),
            reason="菜鸟面单接口中断，无法打单（平台公告）",
            clause=hit.clause,
            by=people["zhangwei"],
            at=at,
        )
        confirm_excuse(outage, by=people["chenjing"], at=at)
    enter_excuse(
        ExcuseKind.LEAVE,
        starts_at=stage.ago(1, 0),
        ends_at=stage.ago(0, 0),
        reason="事假一天，审批单 QJ-1120",
        employee=people["sunyue"],
        by=people["hejie"],
        at=at,
    )
    doubtful = enter_excuse(
        ExcuseKind.HANDOVER,
        starts_at=stage.ago(9, 18),
        ends_at=stage.ago(8, 9),
        reason="交接单未签收",
        employee=people["zhouqian"],
        by=people["hejie"],
        at=stage.ago(8, 10),
    )
    refuse_excuse(doubtful, reason="交接单当晚 18:10 已签收。", by=people["chenjing"], at=stage.ago(7, 10))
