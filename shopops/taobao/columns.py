"""The columns of the seller centre's reports: our field names ↔ every header any version has used.

A header is compared after `header_key` (spaces and width of brackets ignored), never by position or count: since 2024
the seller picks the columns. Where a report has several headers of one field, the first non-empty cell counts, in the
order they are listed here. A header no field claims is kept in `extra` under its own name.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ReportKind(StrEnum):
    """What a file of the platform reports."""

    ORDERS = "orders"
    LINES = "lines"
    REFUNDS = "refunds"
    SETTLEMENTS = "settlements"
    FUNDS = "funds"
    GOODS_PAYMENTS = "goods_payments"
    ABNORMAL_PARCELS = "abnormal_parcels"
    TRACES = "traces"


class Form(StrEnum):
    """How the cells of a field are read, and what comes out."""

    ID = "id"
    """Digits, as text; never a number."""
    TEXT = "text"
    PHONE = "phone"
    """Text without the apostrophe that keeps its digits."""
    WAYBILL = "waybill"
    """Text without `No:`."""
    MONEY = "money"
    """Yuan with at most two decimals, as text, or None."""
    TIME = "time"
    """`2016-09-18 23:17:02+08`, or None."""
    COUNT = "count"
    """A whole number as text, or None."""
    PIECES = "pieces"
    """A whole number from 1, as text, or None."""
    STATUS = "status"
    """One of `statuses.OrderStatus`, or "" if the word is not known (the word is then in `extra`)."""
    REFUND_STATUS = "refund_status"
    """One of `statuses.RefundStatus`, or ""."""
    CLOSE_REASON = "close_reason"
    """Text; "" for 订单未关闭."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a report."""

    name: str
    form: Form
    headers: tuple[str, ...]
    needed: bool = False
    """A row whose cell is empty or unreadable is refused."""
    strict: bool = False
    """A row whose cell is unreadable is refused; else the value is left out with a warning."""


F, K = Form, Field

ORDER_NUMBERS = ("订单编号", "订单号", "淘宝订单编号", "主订单编号", "主订单id", "交易单号")
LINE_ORDER_NUMBERS = ("主订单编号", "主订单id", "交易单号", "订单编号", "订单号", "淘宝订单编号")
LINE_NUMBERS = ("子订单编号", "子订单号", "子订单id", "子交易单号")
CREATED = ("订单创建时间", "买家下单时间", "下单时间")
PAID_AT = ("订单付款时间", "买家付款时间", "付款时间", "支付时间")
PAID = ("买家实际支付金额", "买家实付金额")
TITLES = ("标题", "商品标题", "宝贝标题", "商品名称")
MEMOS = ("订单备注", "商家备忘", "商家备注", "卖家备注")
WAYBILLS = ("物流单号", "运单号", "快递单号")
CARRIERS = ("物流公司", "快递公司")
CODES = ("商家编码", "商品编码")
PROPERTIES = ("商品属性", "宝贝规格", "商品属性SKU")

COMMON = (
    K("payment_number", F.TEXT, ("支付单号",)),
    K("status", F.STATUS, ("订单状态", "交易状态")),
    K("goods_amount", F.MONEY, ("买家应付货款",), strict=True),
    K("paid_amount", F.MONEY, PAID, strict=True),
    K("refund_amount", F.MONEY, ("退款金额",)),
    K("created_at", F.TIME, CREATED, strict=True),
    K("paid_at", F.TIME, PAID_AT, strict=True),
    K("shipped_at", F.TIME, ("发货时间",)),
    K("ship_due_at", F.TIME, ("应发货时间",)),
    K("waybill", F.WAYBILL, WAYBILLS),
    K("carrier", F.TEXT, CARRIERS),
    K("seller_memo", F.TEXT, MEMOS),
    K("memo_tag", F.TEXT, ("备注标签",)),
    K("buyer_message", F.TEXT, ("买家留言", "主订单买家留言")),
)

ORDER_FIELDS = (
    K("order_number", F.ID, ORDER_NUMBERS, needed=True),
    *COMMON,
    K("shop_name", F.TEXT, ("店铺名称",)),
    K("buyer_nick", F.TEXT, ("买家会员名", "买家会员昵称", "买家昵称")),
    K("buyer_account", F.TEXT, ("买家支付宝账号",)),
    K("postage", F.MONEY, ("买家应付邮费",), strict=True),
    K("total", F.MONEY, ("总金额",), strict=True),
    K("settled_amount", F.MONEY, ("打款商家金额", "确认收货打款金额")),
    K("receiver_name", F.TEXT, ("收货人姓名",)),
    K("address", F.TEXT, ("收货地址",)),
    K("changed_address", F.TEXT, ("修改后的收货地址",)),
    K("phone", F.PHONE, ("联系电话",)),
    K("mobile", F.PHONE, ("联系手机",)),
    K("virtual_number_until", F.TIME, ("虚拟号过期时间",)),
    K("shipping_method", F.TEXT, ("运送方式",)),
    K("confirmed_at", F.TIME, ("确认收货时间",)),
    K("title", F.TEXT, TITLES),
    K("line_count", F.COUNT, ("宝贝种类",)),
    K("item_count", F.COUNT, ("宝贝总数量",)),
    K("close_reason", F.CLOSE_REASON, ("订单关闭原因",)),
)

LINE_FIELDS = (
    K("order_number", F.ID, LINE_ORDER_NUMBERS, needed=True),
    K("line_number", F.ID, LINE_NUMBERS),
    *COMMON,
    K("title", F.TEXT, TITLES),
    K("price", F.MONEY, ("价格", "商品价格"), strict=True),
    K("quantity", F.PIECES, ("购买数量",), needed=True),
    K("outer_code", F.TEXT, CODES),
    K("external_code", F.TEXT, ("外部系统编号",)),
    K("properties", F.TEXT, PROPERTIES),
    K("package", F.TEXT, ("套餐信息",)),
    K("note", F.TEXT, ("备注", "联系方式备注")),
    K("item_id", F.ID, ("商品ID",)),
    K("refund_status", F.REFUND_STATUS, ("退款状态",)),
)

REFUND_FIELDS = (
    K("refund_number", F.ID, ("退款编号",), needed=True),
    K("order_number", F.ID, ORDER_NUMBERS, needed=True),
    K("payment_number", F.TEXT, ("支付单号",)),
    K("item_id", F.ID, ("商品ID",)),
    K("outer_code", F.TEXT, CODES),
    K("title", F.TEXT, TITLES),
    K("paid_at", F.TIME, PAID_AT),
    K("requested_at", F.TIME, ("退款的申请时间",)),
    K("due_at", F.TIME, ("超时时间",)),
    K("finished_at", F.TIME, ("退款完结时间", "完结时间")),
    K("paid_amount", F.MONEY, PAID, strict=True),
    K("refund_amount", F.MONEY, ("买家退款金额",), strict=True),
    K("refund_status", F.REFUND_STATUS, ("退款状态",)),
    K("goods_status", F.TEXT, ("货物状态",)),
    K("after_sales_type", F.TEXT, ("售后类型",)),
    K("phase", F.TEXT, ("售中或售后",)),
    K("extent", F.TEXT, ("部分退款/全部退款",)),
    K("platform_involved", F.TEXT, ("客服介入状态",)),
    K("liable", F.TEXT, ("责任方",)),
    K("reason", F.TEXT, ("买家退款原因",)),
    K("explanation", F.TEXT, ("买家退款说明",)),
    K("returned_at", F.TIME, ("买家退货时间",)),
    K("waybill", F.WAYBILL, ("退货物流单号",)),
    K("carrier", F.TEXT, ("退货物流公司",)),
    K("seller_memo", F.TEXT, MEMOS),
)

SETTLEMENT_FIELDS = (
    K("order_number", F.ID, ORDER_NUMBERS),
    K("line_number", F.ID, LINE_NUMBERS),
    K("booking_number", F.TEXT, ("支付流水号",), needed=True),
    K("booking_type", F.TEXT, ("入帐类型", "入账类型")),
    K("booked_on", F.TEXT, ("入帐日期", "入账日期")),
    K("booked_at", F.TEXT, ("入帐时间", "入账时间")),
    K("income", F.MONEY, ("收入金额(元)", "收入金额"), strict=True),
    K("expense", F.MONEY, ("支出金额(元)", "支出金额"), strict=True),
    K("description", F.TEXT, ("业务描述",)),
    K("note", F.TEXT, ("备注",)),
    K("channel", F.TEXT, ("收/付渠道",)),
    K("shop_name", F.TEXT, ("商家昵称",)),
)

GOODS_PAYMENT_FIELDS = (
    K("order_number", F.ID, ORDER_NUMBERS, needed=True),
    K("line_number", F.ID, LINE_NUMBERS),
    K("quantity", F.COUNT, ("数量",)),
    K("paid_amount", F.MONEY, ("订单实际金额(元)",), strict=True),
    K("refund_amount", F.MONEY, ("退款金额(元)",)),
    K("title", F.TEXT, TITLES),
)

ABNORMAL_PARCEL_FIELDS = (
    K("order_number", F.ID, LINE_ORDER_NUMBERS, needed=True),
    K("line_number", F.ID, LINE_NUMBERS),
    K("overdue_type", F.TEXT, ("超时类型",)),
    K("paid_at", F.TIME, PAID_AT),
    K("collect_due_at", F.TIME, ("应揽收时间",)),
    K("abnormal_type", F.TEXT, ("异常类型",)),
    K("receiver_name", F.TEXT, ("买家姓名",)),
    K("mobile", F.PHONE, ("买家电话",)),
    K("address", F.TEXT, ("买家地址",)),
    K("service", F.TEXT, ("订单服务",)),
    K("title", F.TEXT, TITLES),
    K("note", F.TEXT, ("备注信息",)),
)

TRACE_FIELDS = (
    K("waybill", F.WAYBILL, (*WAYBILLS, "物流编号", "面单号", "waybill"), needed=True),
    K("happened_at", F.TIME, ("时间", "轨迹时间", "物流时间", "操作时间", "扫描时间", "发生时间", "time"), needed=True),
    K("text", F.TEXT, ("轨迹", "轨迹内容", "物流轨迹", "物流信息", "内容", "描述", "物流详情", "轨迹描述", "desc")),
    K("carrier", F.TEXT, CARRIERS),
)

FIELDS: dict[ReportKind, tuple[Field, ...]] = {
    ReportKind.ORDERS: ORDER_FIELDS,
    ReportKind.LINES: LINE_FIELDS,
    ReportKind.REFUNDS: REFUND_FIELDS,
    ReportKind.SETTLEMENTS: SETTLEMENT_FIELDS,
    ReportKind.FUNDS: SETTLEMENT_FIELDS,
    ReportKind.GOODS_PAYMENTS: GOODS_PAYMENT_FIELDS,
    ReportKind.ABNORMAL_PARCELS: ABNORMAL_PARCEL_FIELDS,
    ReportKind.TRACES: TRACE_FIELDS,
}

ADDRESS_PARTS = ("province", "city", "district", "street", "postcode")
"""Fields computed for reports that have an address: of the changed address where there is one."""

ORDINARY = {
    "买家支付积分": {"0"},
    "返点积分": {"0"},
    "买家实际支付积分": {"0"},
    "店铺Id": {"0"},
    "卖家服务费": {"0", "0.00", "0元"},
    "买家服务费": {"0", "0.00", "0元"},
    "是否上传合同照片": {"否"},
    "是否上传小票": {"否"},
    "是否上传身份证": {"否"},
    "是否代付": {"否"},
    "是否信用购": {"否"},
    "是否是O2O交易": {"否"},
    "是否主动赔付": {"否"},
    "天猫卡券抵扣": {"0", "0.00"},
    "集分宝抵扣": {"0", "0.00"},
    "满返红包金额": {"0", "0.00"},
    "返现金额": {"0", "0.00"},
    "主动赔付金额": {"0", "0.00"},
    "免单金额": {"0", "0.00"},
    "C2B小额收款": {"0", "0.00"},
}
"""Headers without a field → values that say nothing and are not kept in `extra`."""

NARROW = str.maketrans("（）：／", "():/")


REASON = "未导入的原因"
"""The column we add to rows given back; it says nothing when they return."""


def header_key(header: str) -> str:
    """Return what headers are compared by: without blanks and byte-order mark, brackets half-width, lower case."""
    return "".join(header.translate(NARROW).replace("\ufeff", "").split()).lower()
