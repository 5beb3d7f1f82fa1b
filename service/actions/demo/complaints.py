"""Complaints, reviews, care, surveys, documents and payment slips of the demo: every state and every clock once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from orders.actions.slips import make_slip, note_slip_lost, take_slip_in
from orders.models import Order
from service.actions.blacklist import blacklist_buyer, lift_blacklisting
from service.actions.care import plan_care, send_care, skip_care
from service.actions.complaint_clock import escalate_late_complaints
from service.actions.complaint_reports import read_complaint_report, report_on_complaints
from service.actions.complaints import (
    answer_complaint,
    archive_complaint,
    handle_complaint,
    investigate_complaint,
    receive_complaint,
    register_complaint,
    reopen_complaint,
    resolve_complaint,
    revisit_complaint,
    withdraw_complaint,
)
from service.actions.documents import mail_document_back, pass_document_on, receive_document
from service.actions.levels import load_levels
from service.actions.reckoning import reckon_buyers
from service.actions.surveys import answer_survey, ask_survey
from service.models import Buyer, BuyerGroup, Care, Complaint, Review
from service.queries.reviews import review_due
from service.states import (
    BLAMELESS,
    Cause,
    ComplaintSource,
    ComplaintState,
    Rating,
    ReviewCause,
    ReviewState,
    Severity,
    Verdict,
)
from shopops.kit.clock import shop_day, start_of_day
from staff.actions.events import record
from staff.models import Employee, OrgUnit

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SAID = (
    ("收到的羊毛衫袖口有破洞，要求换货", Cause.GOODS, "出厂质检漏检，袖口脱线", "供应商整改，到货加抽检袖口"),
    ("颜色和页面图片差别很大", Cause.LISTING, "主图偏色", "美工按实物重新校色"),
    ("说好当天发货，三天才发", Cause.SHIPPING, "审单后漏拣", "每天 17 点清点未发订单"),
    ("客服承诺补差价，一直没有退", Cause.PROMISE, "承诺没有登记跟进", "承诺一律登记到期提醒"),
    ("少发了一件", Cause.PICKING, "同款两件漏拣一件", "多件订单打包时二次清点"),
    ("快递员把包裹扔在楼下，盒子压坏", Cause.CARRIER, "派送员违规投递", "更换该区快递"),
    ("包装简陋，衣服发皱", Cause.PACKING, "未使用衣撑和气泡袋", "羽绒服改用硬盒"),
    ("尺码表和实际不符", Cause.LISTING, "尺码表未更新", "新款上架前复核尺码表"),
)
VERDICTS = (Verdict.FOUNDED, Verdict.FOUNDED, Verdict.PARTLY, Verdict.UNFOUNDED, Verdict.FOUNDED, Verdict.MALICIOUS)
UNITS = {
    Cause.GOODS: "merchandise",
    Cause.LISTING: "design",
    Cause.SHIPPING: "warehouse",
    Cause.PROMISE: "service",
    Cause.PICKING: "warehouse",
    Cause.CARRIER: "warehouse",
    Cause.PACKING: "warehouse",
}
WORDS = (
    (Rating.GOOD, "面料舒服，发货也快"),
    (Rating.GOOD, ""),
    (Rating.MIDDLING, "衣服还行，就是物流太慢"),
    (Rating.BAD, "客服爱理不理，问了半天才回一句"),
    (Rating.BAD, ""),
    (Rating.BAD, "洗一次就起球，失望"),
)
SURVEYED = (
    (5, "客服很耐心"),
    (5, ""),
    (4, "挺好"),
    (4, ""),
    (3, "回复有点慢"),
    (2, "等了很久没人理"),
    (5, "推荐的尺码很准"),
)


def make_complaints(*, agents: Sequence[Employee], lead: Employee, finance: Employee, at: datetime) -> int:
    """Make what comes of trouble and of care, from the orders that are there; return how many documents."""
    random = Random(5)  # noqa: S311 -- made-up data wants repeatable chance
    load_levels(at=at - 40 * DAY)
    reckon_buyers(at=at)
    orders = list(
        Order.objects.filter(shipped_at__isnull=False, part=1).exclude(buyer_nick="").order_by("-placed_at")[:160]
    )
    if not orders or not agents:
        return 0
    buyers = {one.nick: one for one in Buyer.objects.filter(nick__in={order.buyer_nick for order in orders})}
    count = _complaints(orders[:32], buyers, agents, lead, at)
    count += _reviews(orders[32:104], buyers, agents, lead, at, random)
    count += _care(list(buyers.values()), agents, lead, at, random)
    count += _papers(orders[104:120], buyers, agents, finance, at)
    reckon_buyers(at=at)
    return count


def _complaints(
    orders: Sequence[Order], buyers: dict[str, Buyer], agents: Sequence[Employee], lead: Employee, at: datetime
) -> int:
    """Take a complaint of each fourth order through more and more of the steps; some are answered late or never."""
    units = OrgUnit.objects.in_bulk(UNITS.values(), field_name="code")
    sources = list(ComplaintSource.values)
    for place, order in enumerate(orders[:16]):
        step = place % 9
        began = at - timedelta(days=2 + 2 * place, hours=3) if step > 3 else at - timedelta(hours=1 + 9 * step)  # noqa: PLR2004
        agent = agents[place % len(agents)]
        words, cause, event, improvement = SAID[place % len(SAID)]
        complaint = receive_complaint(
            buyers[order.buyer_nick],
            shop=order.shop,
            order=order,
            text=words,
            source=sources[place % len(sources)],
            severity=(Severity.MINOR, Severity.MINOR, Severity.GRAVE, Severity.SEVERE)[place % 4],
            apologised=True,
            handler=agent,
            by=agent,
            at=began,
        )
        if step == 8:  # noqa: PLR2004 -- the last of the steps
            withdraw_complaint(complaint, reason="买家误解，已说明", by=agent, at=began + HOUR)
            continue
        _go_on(complaint, step, began, agent, lead, (cause, event, improvement, units.get(UNITS[cause])))
    _again(agents[0], at)
    escalate_late_complaints(at=at)
    _reports(agents[0], lead, at)
    return Complaint.objects.count()


def _again(agent: Employee, at: datetime) -> None:
    """Let one buyer complain again, and open a complaint again whose result did not hold."""
    told = Complaint.objects.filter(state=ComplaintState.REVISITED).select_related("buyer", "order", "shop")
    before = told.order_by("-received_at").first()
    if before is None:
        return
    receive_complaint(
        before.buyer,
        shop=before.shop,
        order=before.order,
        text="上次说好的补偿还没有到账",
        wish="今天补齐补偿",
        source=ComplaintSource.PHONE,
        apologised=True,
        handler=agent,
        by=agent,
        at=at - 2 * HOUR,
    )
    resolved = Complaint.objects.filter(state=ComplaintState.RESOLVED).order_by("-received_at").first()
    if resolved is not None:
        reopen_complaint(resolved, reason="买家反映问题没有解决", by=agent, at=at - 3 * HOUR)


def _reports(agent: Employee, lead: Employee, at: datetime) -> None:
    """Hand in two regular reports: one that was read, one that waits."""
    today = shop_day(at)
    spans = ((today - 60 * DAY, today - 31 * DAY), (today - 30 * DAY, today - DAY))
    for place, (first, last) in enumerate(spans):
        report = report_on_complaints(
            first,
            last,
            findings="物流与拣货类投诉居多；超时答复集中在夜间受理的投诉。",
            proposals="多件订单打包时二次清点；夜间受理的投诉由早班优先答复。",
            to=lead,
            by=agent,
            at=at - (29 * DAY if place == 0 else HOUR),
        )
        if place == 0:
            read_complaint_report(report, answer="同意，下周起执行，月底看效果。", by=lead, at=at - 28 * DAY)


def _go_on(
    complaint: Complaint,
    step: int,
    began: datetime,
    agent: Employee,
    lead: Employee,
    found: tuple[Cause, str, str, OrgUnit | None],
) -> None:
    cause, event, improvement, unit = found
    late = timedelta(hours=30) if complaint.pk % 5 == 0 else 2 * HOUR
    if step >= 1:
        register_complaint(complaint, by=agent, at=began + HOUR / 4)
    if step >= 2:  # noqa: PLR2004 -- steps in their order
        verdict = VERDICTS[complaint.pk % len(VERDICTS)]
        blamed = None if verdict in BLAMELESS else unit
        investigate_complaint(
            complaint, event=event, verdict=verdict, cause=cause, unit=blamed, by=agent, at=began + HOUR / 2
        )
    if step >= 3:  # noqa: PLR2004
        handle_complaint(complaint, opinion="按规则补偿，避免再发生", by=agent, at=began + HOUR)
    if step >= 4:  # noqa: PLR2004
        answer_complaint(complaint, result="已致歉并补偿，买家接受", by=agent, at=began + late)
    if step >= 5:  # noqa: PLR2004
        resolve_complaint(complaint, by=lead, at=began + late + HOUR)
    if step >= 6:  # noqa: PLR2004
        archive_complaint(complaint, improvement=improvement, by=agent, at=began + late + 2 * HOUR)
    if step >= 7:  # noqa: PLR2004
        rating = 2 + complaint.pk % 4
        said = "处理得很快，满意" if rating > 3 else "等得有点久"  # noqa: PLR2004
        revisit_complaint(complaint, rating=rating, evaluation=said, by=agent, at=began + late + 24 * HOUR)


def _reviews(
    orders: Sequence[Order],
    buyers: dict[str, Buyer],
    agents: Sequence[Employee],
    lead: Employee,
    at: datetime,
    random: Random,
) -> int:
    due = review_due(at)
    rows = []
    for place, order in enumerate(orders):
        rating, words = WORDS[2 + (place // 16) % 4 if place % 4 == 0 else place % 2]
        written = at - timedelta(hours=5 + 9 * place)
        review = Review(
            shop=order.shop,
            order=order,
            order_number=order.number,
            buyer=buyers[order.buyer_nick],
            goods=order.summary[:60],
            rating=rating,
            text=words,
            has_text=bool(words),
            reviewed_at=written,
            agent=agents[place % len(agents)],
            digest=UUID(int=place + 1),
        )
        if rating != Rating.GOOD:
            _dispose(review, place, due, agents, lead, written)
        rows.append(review)
    random.shuffle(rows)
    made = Review.objects.bulk_create(rows)
    for one in made:
        record("service.review_imported", one, by=None, at=one.reviewed_at + HOUR)
        if one.handled_at:
            record("service.review_handled", one, by=one.handler, at=one.handled_at, reason=one.outcome)
        if one.settled_at:
            changes = {"cause": (None, one.cause)}
            record(
                "service.review_settled",
                one,
                by=one.settled_by,
                at=one.settled_at,
                changes=changes,
                reason=one.cause_text,
            )
    return len(made)


def _dispose(
    review: Review, place: int, due: datetime, agents: Sequence[Employee], lead: Employee, written: datetime
) -> None:
    """Give a worse review its place: waiting, overdue, dealt with, or its cause confirmed."""
    stage = (place // 4) % 4
    handled, settled = written + 2 * HOUR, written + 5 * HOUR
    if stage == 0:
        review.__dict__.update(state=ReviewState.TASK, due_at=due)
    elif stage == 1:
        review.__dict__.update(state=ReviewState.TASK, due_at=written + 4 * HOUR)
        review.handler = agents[place % len(agents)]
    else:
        review.__dict__.update(
            due_at=handled, handled_at=handled, outcome="已联系买家致歉", reply="亲，非常抱歉，已为您处理"
        )
        review.__dict__.update(replied_at=handled, state=ReviewState.HANDLED)
        review.handler = agents[0]
    if stage == 3 and review.agent_id != lead.pk:  # noqa: PLR2004 -- the last stage
        is_manners = review.text.startswith("客服")
        review.__dict__.update(
            state=ReviewState.SETTLED,
            cause=ReviewCause.ATTITUDE if is_manners else ReviewCause.GOODS,
            cause_text="" if is_manners else "面料问题",
            settled_at=settled,
        )
        review.settled_by = lead


def _care(buyers: Sequence[Buyer], agents: Sequence[Employee], lead: Employee, at: datetime, random: Random) -> int:
    today = shop_day(at)
    groups = list(BuyerGroup.objects.all())
    changed = []
    for place, buyer in enumerate(buyers):
        buyer.may_contact = (True, True, False, None)[place % 4]
        buyer.consent_at = at - 30 * DAY if buyer.may_contact is not None else None
        buyer.group = groups[place % len(groups)] if place % 3 == 0 else None
        buyer.tags = ["爱晒单"] if place % 5 == 0 else []
        day = today if place % 12 == 0 else today + timedelta(days=random.randrange(365))
        buyer.birthday = f"{day:%m-%d}" if place % 2 == 0 else ""
        changed.append(buyer)
    Buyer.objects.bulk_update(changed, ["may_contact", "consent_at", "group", "tags", "birthday"])
    willing = [one for one in buyers if one.may_contact]
    for place, buyer in enumerate(willing[-24:]):
        agent = agents[place % len(agents)]
        asked = at - timedelta(days=1 + place, hours=2)
        survey = ask_survey(buyer, agent=agent, about="售前咨询", by=lead, at=asked)
        if place % 6 != 0:
            rating, words = SURVEYED[place % len(SURVEYED)]
            answer_survey(survey, rating=rating, text=words, by=lead, at=asked + HOUR)
    plan_care(today, at=at)
    due = list(Care.objects.select_related("buyer").order_by("pk")[:3])
    if len(due) == 3:  # noqa: PLR2004 -- one sent, one skipped, one left
        send_care(due[0], text="亲，生日快乐！会员礼券已放入卡包。", by=agents[0], at=at - HOUR)
        skip_care(due[1], reason="刚刚联系过", by=agents[0], at=at - HOUR)
    for place, buyer in enumerate(buyers[-3:]):
        entry = blacklist_buyer(
            buyer,
            reason="多次恶意退款",
            until=today + timedelta(days=90 * place) if place else None,
            by=lead,
            at=at - 5 * DAY,
        )
        if place == 2:  # noqa: PLR2004 -- one was taken off again
            lift_blacklisting(entry, reason="误拉黑", by=lead, at=at - DAY)
    return len(willing)


def _papers(
    orders: Sequence[Order], buyers: dict[str, Buyer], agents: Sequence[Employee], finance: Employee, at: datetime
) -> int:
    """Make documents that left in time, late and never, and slips that were settled, late, lost and open."""
    unit = OrgUnit.objects.order_by("position", "pk").first()
    for place, order in enumerate(orders[:8]):
        agent = agents[place % len(agents)]
        came = at - timedelta(hours=2) if place < 2 else _noon(at, back=place)  # noqa: PLR2004 -- two are here today
        document = receive_document(
            title=("身份证复印件", "发票抬头资料", "授权书", "质检报告原件")[place % 4],
            buyer=buyers[order.buyer_nick],
            order_number=order.number,
            is_qualified=place % 3 != 1,
            by=agent,
            at=came,
        )
        left = came + (15 * HOUR if place == 3 else HOUR)  # noqa: PLR2004 -- one stayed overnight
        if place > 2 and unit is not None and document.is_qualified:  # noqa: PLR2004
            pass_document_on(document, to=unit, by=agent, at=left)
        elif place > 2:  # noqa: PLR2004
            mail_document_back(document, waybill=f"SF1{place:012}", by=agent, at=left)
    for place, order in enumerate(orders[8:16]):
        agent = agents[place % len(agents)]
        made = at - HOUR if place < 2 else _noon(at, back=place)  # noqa: PLR2004 -- two of today
        slip = make_slip(
            amount=Decimal(30 + 17 * place),
            way=("现金", "微信", "支付宝")[place % 3],
            shop=order.shop,
            order_numbers=order.number,
            by=agent,
            at=made,
        )
        if place > 3:  # noqa: PLR2004
            take_slip_in(slip, by=finance, at=made + (20 * HOUR if place == 5 else 3 * HOUR))  # noqa: PLR2004 -- one late
        if place == 3:  # noqa: PLR2004 -- one was mislaid
            note_slip_lost(slip, reason="抽屉里没有找到", by=agent, at=made + 4 * HOUR)
    return len(orders)


def _noon(at: datetime, *, back: int) -> datetime:
    return start_of_day(shop_day(at) - timedelta(days=back)) + 14 * HOUR
