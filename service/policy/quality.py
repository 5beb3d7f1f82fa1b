"""Quality inspection: how much is drawn; the load one person can bear."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from shopops.kit.policy import Setting

DRAW_PER_AGENT = Setting(
    "service.inspect_per_agent",
    3,
    label=_("Conversations drawn of each agent"),
    help=_("How many conversations of each agent a drawing takes for inspection."),
    unit=_("conversations"),
    least=1,
    most=50,
)
DRAW_LEAST_MESSAGES = Setting(
    "service.inspect_least_messages",
    4,
    label=_("Messages a drawn conversation has at least"),
    help=_("Shorter ones say too little about how somebody serves."),
    unit=_("messages"),
    least=1,
    most=50,
)
LONG_MESSAGES = Setting(
    "service.inspect_long_messages",
    20,
    label=_("Messages a long conversation has at least"),
    help=_("A drawing may take its lots from long conversations only: where much was written, much can go wrong."),
    unit=_("messages"),
    least=5,
    most=500,
)
CONTEST_DAYS = Setting(
    "service.inspect_contest_days",
    3,
    label=_("A score may be contested for"),
    help=_("Counted from the moment of scoring; each score is contested once at most."),
    unit=_("days"),
    least=1,
    most=30,
)
HOUR_CAPACITY = Setting(
    "service.questions_per_hour",
    8,
    label=_("Questions one person answers well in an hour"),
    help=_("Hours of the week with more questions for each person on duty are shown as short of people."),
    unit=_("questions"),
    least=1,
    most=200,
)
CRITERIA = (
    ("问候与礼貌", "Greeting and manners", "开场问候、称呼得体，全程耐心有礼（CS-043）。", 20),
    ("回复及时", "Prompt answers", "首句与后续回复没有让买家久等（CS-057、CS-058）。", 20),
    ("专业准确", "Right and to the point", "商品、价格、物流讲得对，不乱报价、不乱承诺（CS-062、CS-064）。", 30),
    ("主动促成", "Leads to the deal", "了解需求、推荐得当、引导下单或给出下一步（CS-004、CS-012）。", 20),
    ("收尾与记录", "Ends and notes", "有收尾、有批注，需要跟进的已登记（CS-005、CS-051）。", 10),
)
"""The score sheet an installation begins with: name, name in English, what to look at, points at most."""
