"""The agent's day in the demo shop: what buyers wrote, and what agents made of it, every clock included."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from catalog.actions.campaigns import plan_campaign
from service.actions.consultations import log_consultation
from service.actions.conversations import (
    annotate_conversation,
    close_conversation,
    escalate_conversation,
    pass_conversation,
)
from service.actions.demo.chases import make_chases
from service.actions.demo.chat_words import PHRASES
from service.actions.demo.chats import make_chats
from service.actions.feedback import handle_feedback, note_feedback, pass_feedback
from service.actions.follow_ups import finish_follow_up, move_follow_up, plan_follow_up
from service.actions.notebook import load_checklist, note_call, tick_item, write_memo
from service.actions.phrases import add_auto_reply, keep_phrase, remove_auto_reply
from service.actions.promises import break_promise, keep_promise, make_promise
from service.models import ChecklistItem, Conversation, FollowUp
from service.states import ConversationState, FollowUpState
from shopops.kit.clock import SHANGHAI, shop_day, start_of_day
from shopops.kit.refusals import Refused
from staff.models import Duty, Employee, Shop
from staff.states import DutyState

_MINUTE = timedelta(minutes=1)


def make_agents_day(*, at: datetime) -> dict[str, int]:
    """Fill desk, lists and clocks of customer service; return how many of each there are."""
    random = Random(20261122)  # noqa: S311 -- made-up data wants repeatable chance
    agents = _agents()
    shops = list(Shop.objects.order_by("pk"))
    if len(agents) < 3 or not shops:  # noqa: PLR2004 -- a team
        return {"conversations": 0}
    load_checklist()
    make_chats(agents, shops[0], at=at)
    leader = _leader(agents)
    closed = _close_old(leader, at=at)
    counts = {"conversations": Conversation.objects.count(), "closed": closed}
    counts["consultations"] = _consult(agents, random, at=at)
    _promise(agents, at=at)
    _report(agents, leader, at=at)
    _keep_notes(agents, at=at)
    _offer(shops, agents, leader, at=at)
    counts["chases"] = make_chases(agents, at=at)
    _move_about(agents, at=at)
    return counts


def _agents() -> list[Employee]:
    posts = ("presale", "service", "aftersale")
    found = Employee.objects.filter(appointments__position__code__in=posts, appointments__until=None, is_active=True)
    return list(found.distinct().order_by("employee_number")[:6])


def _leader(agents: list[Employee]) -> Employee:
    leaders = Employee.objects.filter(appointments__position__code="service-supervisor", is_active=True)
    return leaders.order_by("employee_number").first() or agents[0]


_ANNOTATIONS = (
    "问尺码，推荐 L 码，已下单",
    "催发货，已告知今天 18 点前发出",
    "议价，说明店铺满减活动，买家考虑中",
    "问面料会不会掉绒，已解释锁绒工艺",
    "查物流，包裹在途，预计明天到",
)


def _close_old(leader: Employee, *, at: datetime) -> int:
    """Annotate or close what is over for two hours, as agents do before they leave; each fifteenth is forgotten."""
    found = Conversation.objects.filter(last_at__lt=at - timedelta(hours=2), closed_by=None)
    closed = 0
    for place, one in enumerate(found.select_related("agent", "buyer").order_by("opened_at", "pk")):
        if place % 15 == 14 or (one.state == ConversationState.WAITING and place % 3):  # noqa: PLR2004
            continue
        moment = min(one.last_at + 9 * _MINUTE, at)
        words = _ANNOTATIONS[place % len(_ANNOTATIONS)]
        by = one.agent or leader
        if one.state == ConversationState.CLOSED:  # by silence
            annotate_conversation(one, words, by=by, at=moment)
        else:
            close_conversation(one, annotation=words, by=by, at=moment)
        closed += 1
    return closed


_SHEETS = (
    ("bought", "买家已下单，对颜色满意，提醒明天发货"),
    ("thinking", "还在比较两家的价格，告知周日活动截止"),
    ("content", "收到货，尺码合适，答应给好评"),
    ("trouble", "反映拉链有点涩，已登记售后并致歉"),
    ("not_interested", "买家暂时不需要了，约定换季再联系"),
)


def _consult(agents: list[Employee], random: Random, *, at: datetime) -> int:
    """Log consultations of the last days; most are followed up, some too late, some sloppily, some never."""
    talks = list(
        Conversation.objects.filter(agent__in=agents, opened_at__lt=at - timedelta(hours=3))
        .select_related("buyer", "agent")
        .order_by("opened_at", "pk")
    )
    made = 0
    for place, talk in enumerate(talks[:: max(len(talks) // 40, 1)]):
        agent, logged_at = talk.agent, talk.last_at + 5 * _MINUTE
        if agent is None:
            continue
        topic, problem, cause, solution = _QUESTIONS[place % len(_QUESTIONS)]
        logged = log_consultation(
            talk.buyer,
            topic=topic,
            problem=problem,
            cause=cause,
            solution=solution,
            conversation=talk,
            by=agent,
            at=logged_at,
        )
        made += 1
        _follow_up(logged.follow_up, place, agent, random, logged_at=logged_at, at=at)
    visited = talks[0].buyer if talks else None
    if visited is not None:
        plan_follow_up(
            visited, kind="visit", due_at=at + timedelta(days=3), reason="老客户季度回访", by=agents[0], at=at - _MINUTE
        )
    return made


_QUESTIONS = (
    ("goods", "这款羽绒服会不会掉绒", "担心质量", "说明锁绒工艺，可七天无理由退货"),
    ("shipping", "今天下单几天能到", "急着穿", "发顺丰，两天内到"),
    ("price", "能不能再便宜一点", "比较了别家", "推荐满三百减三十"),
    ("after_sale", "袖子长了能不能改", "尺码偏大", "建议换小一码，运费险承担"),
    ("ordering", "优惠券怎么用不了", "不满门槛", "凑单后成功使用"),
)


def _follow_up(
    due: FollowUp, place: int, agent: Employee, random: Random, *, logged_at: datetime, at: datetime
) -> None:
    """Follow a consultation up: in time, or by one of the ways to miss it."""
    moment = logged_at + timedelta(hours=20, minutes=random.randrange(90))
    if place % 12 == 5:  # noqa: PLR2004 -- too late
        moment = due.due_at + timedelta(hours=9)
    if place % 12 == 7 or moment >= at:  # noqa: PLR2004 -- never, or not yet
        return
    result, sheet = _SHEETS[place % len(_SHEETS)]
    if place % 12 == 9:  # noqa: PLR2004 -- sloppily
        sheet = "已回访"
    words = f"{sheet}（{due.buyer.nick[:1]}）" if len(sheet) > 5 else sheet  # noqa: PLR2004
    finish_follow_up(due, result=result, channel="chat", sheet=words, all_the_same=True, by=agent, at=moment)


def _some(number: int) -> list[Conversation]:
    """Return the latest conversations that have an agent."""
    found = Conversation.objects.filter(agent__isnull=False).select_related("buyer", "agent")
    return list(found.order_by("-opened_at", "-pk")[:number])


def _promise(agents: list[Employee], *, at: datetime) -> None:
    """Make promises: kept, broken, due soon, late."""
    texts = (
        "今天 18 点前发出",
        "补寄一份赠品",
        "明天上午回电告知结果",
        "优先安排顺丰",
        "帮忙留一件 M 码",
        "补差价 20 元",
    )
    for place, talk in enumerate(_some(12)):
        agent = talk.agent or agents[0]
        made_at = at - timedelta(hours=30 + place)
        due_at = (at - timedelta(hours=4), at + timedelta(hours=3), at + timedelta(days=1))[place % 3]
        one = make_promise(
            talk.buyer, texts[place % len(texts)], due_at=due_at, conversation=talk, by=agent, at=made_at
        )
        if place % 4 == 0:
            keep_promise(one, outcome="已办妥，买家确认", by=agent, at=at - timedelta(hours=5))
        elif place == 5:  # noqa: PLR2004
            break_promise(one, reason="赠品缺货，改发优惠券", by=agent, at=at - timedelta(hours=2))


def _report(agents: list[Employee], leader: Employee, *, at: datetime) -> None:
    """Note what buyers reported: dealt with, passed on, forgotten for more than a day."""
    texts = (
        "包装破损，盒子压扁了",
        "吊牌和实物颜色不一致",
        "客服电话一直打不通",
        "赠品没有放进包裹",
        "详情页尺码表看不清",
    )
    for place, talk in enumerate(_some(10)):
        agent = talk.agent or agents[0]
        noted_at = at - timedelta(hours=50 - 4 * place)
        noted = note_feedback(talk.buyer, texts[place % len(texts)], conversation=talk, by=agent, at=noted_at)
        if place % 3 == 0:
            handle_feedback(noted, outcome="已补发并致歉，买家接受", by=agent, at=noted_at + timedelta(hours=3))
        elif place % 3 == 1 and agent.pk != leader.pk:
            pass_feedback(noted, leader, note="需要仓库配合", by=agent, at=noted_at + timedelta(hours=2))


def _keep_notes(agents: list[Employee], *, at: datetime) -> None:
    """Write memos, calls, phrases, and tick half of the checklist of who is on duty now."""
    for place, agent in enumerate(agents):
        soon = at + timedelta(hours=2 + place)
        write_memo("下午给退货的买家回电", remind_at=soon, by=agent, at=at - timedelta(hours=6))
        write_memo("尺码表有新版，周五前看完", by=agent, at=at - timedelta(days=1))
        for number, seconds in enumerate((4, 9, 14)):
            rang_at = at - timedelta(hours=5 + 7 * number + place)
            note_call(
                employee=agent,
                rang_at=rang_at,
                ring_seconds=seconds,
                is_answered=not (place == 2 and number == 2),  # noqa: PLR2004
                text="问发货时间" if number else "问退款进度",
                phone=f"138{place}2345{number}678"[:11],
                by=agent,
                at=rang_at + _MINUTE,
            )
    for shortcut, group, text in PHRASES:
        keep_phrase(None, shortcut=shortcut, group=group, text=text, by=agents[0], at=at - timedelta(days=9))
    items = list(ChecklistItem.objects.filter(is_used=True)[:5])
    running = Duty.objects.filter(starts_at__lte=at, ends_at__gt=at, employee__in=agents, state=DutyState.PLANNED)
    for duty in running.select_related("employee"):
        for item in items:
            tick_item(duty, item, by=duty.employee, at=max(duty.starts_at - 5 * _MINUTE, at - timedelta(hours=3)))


def _offer(shops: list[Shop], agents: list[Employee], leader: Employee, *, at: datetime) -> None:
    """Plan campaigns: over with its reply left, over and clean, running without a reply, running, coming."""
    morning = start_of_day(shop_day(at)) + timedelta(hours=10)
    plans = (
        ("双十一返场", -9, -3, "late"),
        ("会员日", -8, -6, "clean"),
        ("冬季上新", -2, 4, "missing"),
        ("满三百减三十", -3, 5, "running"),
        ("双十二", 12, 20, "coming"),
    )
    for place, (name, begins, ends, how) in enumerate(plans):
        shop, owner = shops[place % len(shops)], agents[place % len(agents)]
        starts_at = morning + timedelta(days=begins)
        offer = plan_campaign(
            shop,
            name=name,
            offer="满三百减三十，可与店铺券同用" if place % 2 else "全场两件九折",
            starts_at=starts_at,
            ends_at=morning + timedelta(days=ends),
            reply_owner=owner,
            by=leader,
            at=min(starts_at, at) - timedelta(days=3),
        )
        if how in {"missing", "coming"}:
            continue
        added_at = starts_at - timedelta(hours=2)
        reply = add_auto_reply(shop, f"亲，{name}进行中：{offer.offer}", campaign=offer, by=owner, at=added_at)
        if how == "clean":
            remove_auto_reply(reply, by=owner, at=offer.ends_at + timedelta(hours=3))


def _move_about(agents: list[Employee], *, at: datetime) -> None:
    """Pass one conversation on, take one to the superior, put one follow-up off."""
    mine = Conversation.objects.exclude(state=ConversationState.CLOSED).filter(agent__in=agents)
    for place, one in enumerate(mine.select_related("agent").order_by("-last_at", "-pk")[:2]):
        agent = one.agent or agents[0]
        other = next(other for other in agents if other.pk != agent.pk)
        try:
            if place == 0:
                escalate_conversation(one, reason="买家要求三倍赔偿，请定夺", by=agent, at=at - _MINUTE)
            else:
                pass_conversation(one, other, note="这款你更熟", by=agent, at=at - _MINUTE)
        except Refused:  # nobody above, or nobody who serves
            continue
    due = (
        FollowUp.objects.filter(state=FollowUpState.DUE, due_at__gt=at)
        .select_related("agent")
        .order_by("due_at", "pk")
        .first()
    )
    if due is not None:
        later = (at.astimezone(SHANGHAI) + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
        move_follow_up(due, later, reason="买家在出差，约后天联系", by=due.agent, at=at - _MINUTE)
