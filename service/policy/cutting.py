"""How messages become sessions and turns; ADR 0037 says why."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from shopops.kit.policy import Setting

SESSION_MINUTES = Setting(
    "service.session_minutes",
    30,
    label=_("A conversation ends after a silence of"),
    help=_(
        "Only while no question waits for an answer. What comes later begins a new conversation with its own clocks."
    ),
    unit=_("minutes"),
    least=5,
    most=1440,
)
LONGEST_WAIT_HOURS = Setting(
    "service.longest_wait_hours",
    168,
    label=_("A question without an answer keeps a conversation open for"),
    help=_("After a silence of this length everything begins anew. It spans the longest holidays."),
    unit=_("hours"),
    least=24,
    most=720,
)
CLOSING_WORDS = Setting(
    "service.closing_words",
    "谢谢 谢啦 谢了 感谢 多谢 辛苦 麻烦 好的 好滴 好哒 好嘞 好 嗯 哦 噢 行 可以 知道 明白 了解 收到 没事 没有了 "
    "不用 再见 拜拜 晚安 我再看看 再看看 考虑一下 我考虑考虑 ok okay thanks thank you thx bye",
    label=_("Words with which a buyer closes"),
    help=_("With blanks between. A message of nothing but these, after our answer, asks nothing and starts no clock."),
)
ROBOT_NAMES = Setting(
    "service.robot_names",
    "机器人 店小蜜 阿里小蜜 服务助手 智能客服 自动回复",
    label=_("Names of robots in chat files"),
    help=_("With blanks between. Who has one of these in the nick is a robot; robots never answer a question."),
)
ROBOT_ANSWERS = Setting(
    "service.robot_answers",
    False,
    label=_("A question only the robot answered is left out of the times"),
    help=_("Otherwise it counts as not answered, whatever the robot said."),
)
