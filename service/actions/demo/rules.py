"""The demo shop's review rules, as its head has written them over the last weeks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from orders.actions.rulebook import Draft, save_rule
from orders.models import ReviewRule
from staff.models import Employee
from warehouse.models import Carrier

WRITER = "chenjing"
"""The shop's head."""
RULES: tuple[tuple[int, Draft], ...] = (
    (
        24,
        Draft(
            "备注要求晚发的先挂起",
            conditions=[[{"test": "memo_contains", "value": ["周三以后发", "之后发", "以后再发"]}]],
            actions=[{"do": "hold", "hours": 48, "reason": "买家要求晚发"}, {"do": "tag", "tag": "晚发"}],
            stops=True,
        ),
    ),
    (
        24,
        Draft(
            "大额订单请财务确认",
            conditions=[[{"test": "amount_at_least", "value": "2000"}]],
            actions=[{"do": "flag", "flag": "1"}, {"do": "finance", "question": "订单超过 ¥2,000，请核对到账"}],
        ),
    ),
    (
        24,
        Draft(
            "新疆西藏标记偏远",
            conditions=[[{"test": "province_any", "value": ["新疆", "西藏"]}]],
            actions=[{"do": "tag", "tag": "偏远"}],
        ),
    ),
    (
        18,
        Draft(
            "满299送手写感谢卡",
            conditions=[[{"test": "amount_at_least", "value": "299"}]],
            actions=[{"do": "gift", "sku": "ZP-CARD", "pieces": 1, "once": True, "cap": 5000}],
        ),
    ),
    (
        3,
        Draft(
            "留言要顺丰的改发顺丰",
            conditions=[
                [{"test": "message_contains", "value": ["顺丰", "SF"]}],
                [{"test": "amount_at_least", "value": "99"}, {"test": "buyer_returning", "value": ""}],
            ],
            actions=[{"do": "courier", "carrier": "顺丰速运"}],
            is_shadow=True,
        ),
    ),
    (
        12,
        Draft(
            "百元内无留言无备注自动审核",
            conditions=[
                [{"test": "amount_at_most", "value": "100"}],
                [{"test": "message_empty", "value": ""}],
                [{"test": "memo_empty", "value": ""}],
                [{"test": "trouble_none", "value": ""}],
            ],
            actions=[{"do": "approve"}],
        ),
    ),
)
"""How many days ago each was written, and what it says; a carrier by its name."""


def make_rules(*, at: datetime) -> list[ReviewRule]:
    """Write the demo's review rules, in their running order. Wants the people and the carriers to be there.

    A rule whose carrier the installation does not have is left out.
    """
    writer = Employee.objects.get(username=WRITER)
    carriers = dict(Carrier.objects.values_list("name", "pk"))
    made = []
    for days, draft in RULES:
        actions = [
            {**doing, "carrier": str(carriers.get(doing["carrier"], ""))} if "carrier" in doing else doing
            for doing in draft.actions
        ]
        if all(doing.get("carrier", "known") for doing in actions):
            made.append(save_rule(None, replace(draft, actions=actions), by=writer, at=at - timedelta(days=days)))
    return made
