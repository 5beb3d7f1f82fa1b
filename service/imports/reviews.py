"""Lists of reviews of the seller centre or of people's own; the same review twice is one (CS-020)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from orders.models import Order
from service.actions.buyers import ensure_buyers
from service.imports.registry import HEAD_ROWS, Field, Peek, Upload, register_reader
from service.imports.running import Run
from service.models import Review
from service.queries.reviews import last_agents, review_due
from service.states import REVIEW_MOVES, FileKind, Rating, ReviewState
from shopops.kit.moves import move_many
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from shopops.kit.spreadsheets import Sheet, cell_text, open_spreadsheet
from shopops.taobao import values
from staff.actions.events import record_many
from staff.models import Shop

NAMES: dict[str, tuple[str, ...]] = {
    "order": ("订单编号", "订单号", "交易编号", "主订单编号"),
    "buyer": ("买家昵称", "买家会员名", "评价人", "买家", "昵称"),
    "rating": ("评价类型", "评价等级", "评价", "评分", "星级"),
    "text": ("评价内容", "评论内容", "评语", "内容"),
    "written": ("评价时间", "评论时间", "评价日期", "时间"),
    "goods": ("宝贝标题", "宝贝名称", "商品标题", "商品名称", "宝贝"),
    "reply": ("解释", "解释内容", "商家回复", "卖家回复", "回复内容"),
    "shop": ("店铺名称", "店铺"),
}
NEEDED = ("order", "buyer", "rating", "written")
RATINGS = {
    Rating.GOOD: ("好评", "好", "5", "4", "5星", "4星", "五星", "四星", "good"),
    Rating.MIDDLING: ("中评", "中", "3", "3星", "三星", "neutral"),
    Rating.BAD: ("差评", "差", "2", "1", "2星", "1星", "二星", "一星", "bad"),
}
BY_WORD = {word: rating for rating, words in RATINGS.items() for word in words}
DEFAULT_WORDS = (
    "默认好评",
    "系统默认",
    "未及时做出评价",
    "没有填写评价",
    "没有填写评论",
    "未填写评价",
    "未填写评论",
)
"""What the platform writes where the buyer wrote nothing."""
AT_ONCE = 1000
LONGEST_WORD = 8


@dataclass(frozen=True)
class Line:
    """One review as a row tells it."""

    order: str
    nick: str
    rating: str
    text: str
    written: datetime
    goods: str
    reply: str
    shop: Shop
    digest: UUID

    @property
    def has_text(self) -> bool:
        """Say whether the buyer wrote something, not only the platform's default words."""
        return bool(self.text) and not any(words in self.text for words in DEFAULT_WORDS)


def recognises(peek: Peek) -> bool:
    """Say whether a file is a list of reviews: an order number, a rating and a time of it stand in one header."""
    for sheet in peek.sheets:
        for row in sheet[:HEAD_ROWS]:
            places = places_of(row, {})
            if {"order", "rating", "written"} <= set(places) and any(cell.strip().startswith("评") for cell in row):
                return True
    return False


def places_of(header: list[str], mapping: Mapping[str, str]) -> dict[str, int]:
    """Return field → column; what people mapped comes first, then the usual names in their order."""
    cells = [values.unwrapped(cell) for cell in header]
    places: dict[str, int] = {}
    for name, words in NAMES.items():
        wanted = (mapping[name],) if mapping.get(name) else words
        place = next((cells.index(word) for word in wanted if word in cells), None)
        if place is not None:
            places[name] = place
    return places


def load(run: Run) -> None:
    """Read every file and write what is new or was changed by the buyer; bad ones become tasks.

    :raises Refused: if no sheet of a file has the columns.
    """
    counts = {"new": 0, "changed": 0, "unchanged": 0, "tasks": 0}
    shops = {shop.name: shop for shop in Shop.objects.all()}
    seen: set[UUID] = set()
    for upload in run.uploads:
        pile: list[Line] = []
        for line in _lines(run, upload, shops):
            if line.digest in seen:
                counts["unchanged"] += 1
                continue
            seen.add(line.digest)
            pile.append(line)
            if len(pile) >= AT_ONCE:
                _write(run, pile, counts)
                pile = []
        _write(run, pile, counts)
    run.counts |= counts


def _lines(run: Run, upload: Upload, shops: Mapping[str, Shop]) -> Iterator[Line]:
    found = False
    for sheet in open_spreadsheet(upload.path, name=upload.name):
        header, places, top = _header(run, sheet)
        found = found or bool(header)
        for batch in sheet.batches() if header else ():
            for number, row in enumerate(batch.rows, start=batch.first):
                cells = [cell_text(cell) for cell in row]
                if number <= top or not any(cell.strip() for cell in cells):
                    continue
                try:
                    yield _line(run, cells, places, shops)
                except (values.Unreadable, Refused) as refusal:
                    run.reject(upload.name, header, cells, str(refusal), row=number)
            run.step(batch.first, batch.first + len(batch.rows), upload.name)
    if not found:
        raise Refused(
            sentence(_("%(name)s has no columns for order, buyer, rating and time of a review."), name=upload.name)
        )


def _header(run: Run, sheet: Sheet) -> tuple[list[str], dict[str, int], int]:
    """Return the header of a sheet, where its fields stand, and its row; an empty header if there is none."""
    for number, row in enumerate(sheet.head(HEAD_ROWS), start=1):
        cells = [cell_text(cell) for cell in row]
        places = places_of(cells, run.mapping)
        if set(NEEDED) <= set(places):
            return cells, places, number
    return [], {}, 0


def _line(run: Run, cells: list[str], places: Mapping[str, int], shops: Mapping[str, Shop]) -> Line:
    def cell(name: str) -> str:
        place = places.get(name, -1)
        return values.unwrapped(cells[place]) if 0 <= place < len(cells) else ""

    order = values.identifier(cell("order"))
    nick = cell("buyer")[:100]
    if not order or not nick:
        raise Refused(_("The order number or the buyer is missing."))
    rating = rating_of(cell("rating"))
    if rating is None:
        raise Refused(sentence(_("“%(word)s” is no rating."), word=cell("rating")[:20]))
    written = values.moment(cell("written"))
    if written is None:
        raise Refused(_("The time of the review is missing."))
    shop = _shop(run, cell("shop"), shops)
    goods = cell("goods")[:300]
    digest = hashlib.blake2b(f"{shop.pk}|{order}|{goods}|{nick}".encode(), digest_size=16).hexdigest()
    text, reply = cell("text"), cell("reply")
    moment = datetime.fromisoformat(written.replace(" ", "T"))
    return Line(order, nick, rating, text, moment, goods, reply, shop, UUID(digest))


def rating_of(word: str) -> str | None:
    """Return what a word or a number of stars means; None for anything else."""
    cleaned = word.strip().lower().removesuffix(".0").removesuffix("分")
    if cleaned in BY_WORD:
        return BY_WORD[cleaned]
    if len(cleaned) > LONGEST_WORD:
        return None
    return next((rating for rating, words in RATINGS.items() if words[0] in cleaned), None)


def _shop(run: Run, name: str, shops: Mapping[str, Shop]) -> Shop:
    if name and name in shops:
        return shops[name]
    if run.shop is not None:
        return run.shop
    if len(shops) == 1:
        return next(iter(shops.values()))
    raise Refused(_("Which shop is it? Choose one for the whole import."))


def _write(run: Run, lines: list[Line], counts: dict[str, int]) -> None:
    if not lines:
        return
    buyers = ensure_buyers((line.nick for line in lines), at=run.at)
    orders: dict[tuple[str, int], Order] = {}
    for order in Order.objects.filter(number__in={line.order for line in lines}, part=1).only("number", "shop_id"):
        orders[order.number, order.shop_id] = order
    known = {one.digest: one for one in Review.objects.filter(digest__in=[line.digest for line in lines])}
    agents = last_agents((buyers[line.nick].pk, line.written) for line in lines if line.digest not in known)
    due = review_due(run.at)
    fresh: list[Review] = []
    changed: list[Review] = []
    tasks: list[Review] = []
    for line in lines:
        if (old := known.get(line.digest)) is not None:
            _renew(old, line, changed, tasks)
            continue
        buyer = buyers[line.nick]
        is_task = line.rating != Rating.GOOD
        fresh.append(
            Review(
                shop=line.shop,
                order_number=line.order,
                order=orders.get((line.order, line.shop.pk)),
                buyer=buyer,
                goods=line.goods,
                rating=line.rating,
                text=line.text,
                has_text=line.has_text,
                reviewed_at=line.written,
                state=ReviewState.TASK if is_task else ReviewState.QUIET,
                due_at=due if is_task else None,
                agent_id=agents.get((buyer.pk, line.written)),
                reply=line.reply,
                batch=run.batch,
                digest=line.digest,
            )
        )
    Review.objects.bulk_create(fresh)
    Review.objects.bulk_update(changed, ["rating", "text", "has_text", "reply", "reviewed_at"], batch_size=500)
    if tasks:
        move_many(tasks, ReviewState.TASK, moves=REVIEW_MOVES, due_at=due)
    waiting = [one for one in fresh if one.state == ReviewState.TASK]
    record_many(
        "service.review_imported",
        [(one, {"rating": (None, one.rating)}) for one in [*waiting, *tasks]],
        by=run.by,
        at=run.at,
    )
    counts["new"] += len(fresh)
    counts["changed"] += len(changed)
    counts["unchanged"] += len(lines) - len(fresh) - len(changed)
    counts["tasks"] += len(waiting) + len(tasks)


def _renew(old: Review, line: Line, changed: list[Review], tasks: list[Review]) -> None:
    """Take over what the buyer changed; one that got worse becomes a task, a task stays one."""
    reply = line.reply or old.reply
    told = (line.rating, line.text, reply)
    if (old.rating, old.text, old.reply) == told:
        return
    got_worse = old.state == ReviewState.QUIET and line.rating != Rating.GOOD
    old.rating, old.text, old.has_text, old.reply = line.rating, line.text, line.has_text, reply
    old.reviewed_at = line.written
    changed.append(old)
    if got_worse:
        tasks.append(old)


register_reader(
    FileKind.REVIEWS,
    recognises=recognises,
    load=load,
    fields=tuple(
        Field(name, label, is_needed=name in NEEDED, guesses=NAMES[name])
        for name, label in (
            ("order", _("Order number")),
            ("buyer", _("Buyer's nick")),
            ("rating", _("Rating")),
            ("text", _("Text of the review")),
            ("written", _("Review written at")),
            ("goods", _("Goods")),
            ("reply", _("Our reply")),
            ("shop", _("Shop")),
        )
    ),
)
