"""Where parcels are: traces as the seller centre, its API and the carriers give them.

The platform's own status says 对方已签收 as soon as a number is entered, and 发货时间 is when somebody pressed a
button; only the sentences of the trace tell what happened. 揽收 (collected) is what the platform measures.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from shopops.kit.spreadsheets import BATCH
from shopops.taobao import values
from shopops.taobao.columns import ReportKind
from shopops.taobao.complaints import Complaint, Rejected, Severity, quoted
from shopops.taobao.reports import open_report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.utils.functional import _StrPromise


class NodeKind(StrEnum):
    """What a sentence of a trace says has happened."""

    ORDERED = "ordered"
    """The parcel is announced, the carrier does not have it."""
    COLLECTED = "collected"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    AT_PICKUP_POINT = "at_pickup_point"
    SIGNED = "signed"
    FAILED = "failed"
    """Not delivered: nobody there, wrong address, refused."""
    RETURNED = "returned"
    """On its way back, or back."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class TraceNode:
    """One thing that happened to one parcel."""

    waybill: str
    happened_at: str
    """`2023-09-09 18:00:24+08`."""
    kind: NodeKind
    text: str
    carrier: str = ""
    order_number: str = ""
    row: int = 0
    """Row of the spreadsheet, or place in the JSON list from 1."""


@dataclass(slots=True)
class TraceBatch:
    """Some nodes, and what was wrong among them."""

    nodes: list[TraceNode] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)


MAX_JSON = 64 * 2**20

# The first that fits decides, so the exceptions of a word stand before the word.
SIGNS: tuple[tuple[NodeKind, re.Pattern[str]], ...] = (
    (NodeKind.RETURNED, re.compile(r"退回|退件|退签|退货给|返回发件|已退|退至|原路返回")),
    (
        NodeKind.FAILED,
        re.compile(
            r"拒收|拒签|拒绝签收|未签收|签收失败|派送不成功|派[件送]失败|投递失败|未妥投|无法(?:联系|派送|投递|接通)|"
            r"联系不上|地址(?:不详|有误|错误)|问题件|疑难|异常件|客户不在|超区|破损|丢失|遗失|改约|暂缓派"
        ),
    ),
    (
        NodeKind.AT_PICKUP_POINT,
        re.compile(
            r"暂存|待取件|等待(?:取件|自提)|请(?:及时|尽快|凭)[^，。,]{0,12}(?:取件|领取|自提|取走)|"
            r"已(?:到达|放入|存入|投放)[^，。,]{0,20}(?:驿站|丰巢|快递柜|自提[柜点]|代收点)"
        ),
    ),
    (NodeKind.SIGNED, re.compile(r"签收|妥投|已取(?:件|走)|取件成功|已被[^，。,]{0,20}(?:取走|领取)|已送达")),
    (NodeKind.OUT_FOR_DELIVERY, re.compile(r"派送|派件|送货上门|上门派|正在投递|安排投递|外出投递|配送中|骑手")),
    (
        NodeKind.ORDERED,
        re.compile(
            r"(?:等待|待|未|预约|即将)[^，。,已]{0,6}揽[收件]|揽[收件]失败|已经?下单|已发货|待收件|面单|电子运单|"
            r"订单(?:已)?(?:创建|接收)|打单|出库中|正在打包|信息已(?:录入|接收)"
        ),
    ),
    (NodeKind.COLLECTED, re.compile(r"揽[收件]|已收[件取寄]|收寄|已取货|收件员|交寄|\bGOT\b")),
    (
        NodeKind.IN_TRANSIT,
        re.compile(
            r"到达|抵达|离开|发往|发出|发车|装车|卸车|中转|转运|运输|分拣|集散|分拨|下一站|"
            r"航[班空]|起飞|安检|清关|海关|封车|在途|转寄"
        ),
    ),
)
ACTIONS = {
    "GOT": NodeKind.COLLECTED,
    "ACCEPT": NodeKind.COLLECTED,
    "ARRIVAL": NodeKind.IN_TRANSIT,
    "DEPARTURE": NodeKind.IN_TRANSIT,
    "SENT_SCAN": NodeKind.OUT_FOR_DELIVERY,
    "SENT_CITY": NodeKind.OUT_FOR_DELIVERY,
    "STA_INBOUND": NodeKind.AT_PICKUP_POINT,
    "SIGNED": NodeKind.SIGNED,
    "STA_SIGN": NodeKind.SIGNED,
    "FAILED": NodeKind.FAILED,
    "REJECT": NodeKind.FAILED,
    "RETURN": NodeKind.RETURNED,
}
"""The API's `action` words; used only where the sentence says nothing."""


@lru_cache(maxsize=8192)
def node_kind(text: str, action: str = "") -> NodeKind:
    """Return what a trace's sentence says has happened."""
    for kind, pattern in SIGNS:
        if pattern.search(text):
            return kind
    return ACTIONS.get(action.upper(), NodeKind.OTHER)


def read_traces(path: Path, *, name: str, size: int = BATCH) -> Iterator[TraceBatch]:
    """Yield the nodes of a file of traces: JSON, or any spreadsheet with waybill, time and text.

    :raises Refused: if it is neither.
    """
    if looks_like_json(path):
        yield json_batch(path, name=name)
        return
    report = open_report(path, name=name, kind=ReportKind.TRACES)
    names = ("waybill", "happened_at", "text", "carrier")
    for chunk in report.chunks(size):
        nodes = [
            TraceNode(waybill or "", at or "", node_kind(text or ""), text or "", carrier or "", row=number)
            for number, (waybill, at, text, carrier) in zip(chunk.numbers, chunk.rows(names), strict=True)
        ]
        yield TraceBatch(nodes, chunk.complaints, chunk.rejected)


def looks_like_json(path: Path) -> bool:
    """Tell whether a file begins as JSON does."""
    with path.open("rb") as file:
        start = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith((b"[{", b"[\n", b"[\r", b"[ ", b"{", b"[]", b"[["))


def json_batch(path: Path, *, name: str) -> TraceBatch:
    """Return the nodes of a JSON file.

    :raises Refused: if it is too big, no JSON, or has no traces.
    """
    if path.stat().st_size > MAX_JSON:
        raise Refused(_("The file is too big. Split it into several."))
    try:
        # Numbers with a point or an exponent would lose digits of ids: they stay text.
        document = json.loads(path.read_bytes(), parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise Refused(_("The file is no readable JSON: it is damaged or was not downloaded completely.")) from error
    entries = trace_entries(document)
    if not entries:
        raise Refused(_("The file holds no parcel traces."))
    batch = TraceBatch()
    for number, entry in enumerate(entries, start=1):
        read_entry(entry, number, name, batch)
    return batch


def trace_entries(document: object) -> list[dict[str, Any]]:
    """Return the objects of a document that describe one parcel each.

    Two shapes are known: the seller centre's page data (`{id, content: {logisticsNum, …}, post: [{desc, time}]}`) and
    the API's answer (`{tid, out_sid, trace_list: {transit_step_info: [{status_time, status_desc, action}]}}`), alone,
    in lists, or wrapped.
    """
    found: list[dict[str, Any]] = []
    open_ends = [document]
    while open_ends:
        current = open_ends.pop()
        if isinstance(current, list):
            open_ends.extend(reversed(current))
        elif isinstance(current, dict):
            if isinstance(current.get("post"), list) or "trace_list" in current:
                found.append(current)
            else:
                open_ends.extend(reversed(list(current.values())))
    return found


def steps_of(entry: dict[str, Any]) -> list[Any]:
    """Return the steps of a parcel, whatever wraps them; a single step may come without its list."""
    steps = entry.get("post")
    if steps is None:
        steps = entry["trace_list"]
        if isinstance(steps, dict):
            steps = steps.get("transit_step_info", [])
    return steps if isinstance(steps, list) else [steps]


def read_entry(entry: dict[str, Any], number: int, name: str, batch: TraceBatch) -> None:
    """Read one parcel's trace, oldest step first."""
    content = entry.get("content")
    if not isinstance(content, dict):
        content = entry
    waybill = values.waybill(plain(content.get("logisticsNum") or content.get("out_sid") or content.get("waybill")))
    carrier = plain(content.get("logisticsName") or content.get("company_name"))
    order_number = plain(entry.get("id") or entry.get("tid"))
    if not order_number.isdecimal():
        order_number = ""

    def complain(value: str, message: _StrPromise) -> None:
        complaint = Complaint(name, "", number, "", quoted(value), message, Severity.REFUSE)
        batch.complaints.append(complaint)
        batch.rejected.append(Rejected(number, [waybill, value], [complaint]))

    if not waybill:
        complain(order_number, _("the trace has no waybill number"))
        return
    for step in reversed(steps_of(entry)):
        if not isinstance(step, dict):
            complain(plain(step), sentence(_("“%(value)s” is no step of a trace"), value=quoted(plain(step))))
            continue
        text = plain(step.get("desc") or step.get("status_desc"))
        try:
            at = values.moment(plain(step.get("time") or step.get("status_time")))
        except values.Unreadable as error:
            complain(text, error.message)
            continue
        if at is None or not text:
            complain(text, _("a step of the trace has no time or no text"))
            continue
        kind = node_kind(text, plain(step.get("action")))
        batch.nodes.append(TraceNode(waybill, at, kind, text, carrier, order_number, number))


def plain(value: object) -> str:
    """Return a JSON value as text fit for the database."""
    if value is None or isinstance(value, (dict, list)):
        return ""
    return str(value).replace("\0", "").encode("utf-8", "replace").decode().strip()
