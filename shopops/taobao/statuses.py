"""The platform's words for the state of an order, a line and a refund, in its files and in its API."""

from __future__ import annotations

from enum import StrEnum


class OrderStatus(StrEnum):
    """How far an order or a line is, as the platform sees it."""

    UNPAID = "unpaid"
    PAID = "paid"
    PART_SHIPPED = "part_shipped"
    SHIPPED = "shipped"
    SIGNED = "signed"
    DONE = "done"
    CLOSED = "closed"


class RefundStatus(StrEnum):
    """How far a refund is, as the platform sees it."""

    NONE = "none"
    WAIT_SELLER_AGREE = "wait_seller_agree"
    WAIT_BUYER_RETURN = "wait_buyer_return"
    WAIT_SELLER_RECEIVE = "wait_seller_receive"
    WAIT_SELLER_RESEND = "wait_seller_resend"
    REFUSED = "refused"
    CLOSED = "closed"
    SUCCESS = "success"


ORDER_WORDS = {
    "等待买家付款": OrderStatus.UNPAID,
    "待付款": OrderStatus.UNPAID,
    "未付款": OrderStatus.UNPAID,
    "付款确认中": OrderStatus.UNPAID,
    "买家已付款,等待卖家发货": OrderStatus.PAID,
    "买家已付款": OrderStatus.PAID,
    "等待卖家发货": OrderStatus.PAID,
    "待发货": OrderStatus.PAID,
    "卖家部分发货": OrderStatus.PART_SHIPPED,
    "部分发货": OrderStatus.PART_SHIPPED,
    "卖家部分发货,等待卖家发货": OrderStatus.PART_SHIPPED,
    "部分发货,等待卖家发货": OrderStatus.PART_SHIPPED,
    "卖家已发货,等待买家确认": OrderStatus.SHIPPED,
    "卖家已发货,等待买家确认收货": OrderStatus.SHIPPED,
    "卖家已发货": OrderStatus.SHIPPED,
    "等待买家确认收货": OrderStatus.SHIPPED,
    "已发货": OrderStatus.SHIPPED,
    "买家已签收": OrderStatus.SIGNED,
    "货到付款签收": OrderStatus.SIGNED,
    "交易成功": OrderStatus.DONE,
    "交易关闭": OrderStatus.CLOSED,
    "付款前关闭交易": OrderStatus.CLOSED,
    "付款以前,卖家或买家主动关闭交易": OrderStatus.CLOSED,
    "付款以后用户退款成功,交易自动关闭": OrderStatus.CLOSED,
    "TRADE_NO_CREATE_PAY": OrderStatus.UNPAID,
    "WAIT_BUYER_PAY": OrderStatus.UNPAID,
    "PAY_PENDING": OrderStatus.UNPAID,
    "WAIT_PRE_AUTH_CONFIRM": OrderStatus.UNPAID,
    "WAIT_SELLER_SEND_GOODS": OrderStatus.PAID,
    "PAID_FORBID_CONSIGN": OrderStatus.PAID,
    "SELLER_CONSIGNED_PART": OrderStatus.PART_SHIPPED,
    "WAIT_BUYER_CONFIRM_GOODS": OrderStatus.SHIPPED,
    "TRADE_BUYER_SIGNED": OrderStatus.SIGNED,
    "TRADE_FINISHED": OrderStatus.DONE,
    "TRADE_CLOSED": OrderStatus.CLOSED,
    "TRADE_CLOSED_BY_TAOBAO": OrderStatus.CLOSED,
}

REFUND_WORDS = {
    "没有申请退款": RefundStatus.NONE,
    "未申请退款": RefundStatus.NONE,
    "无退款申请": RefundStatus.NONE,
    "没有退款": RefundStatus.NONE,
    "无退款": RefundStatus.NONE,
    "买家已经申请退款,等待卖家同意": RefundStatus.WAIT_SELLER_AGREE,
    "买家已申请退款,等待卖家同意": RefundStatus.WAIT_SELLER_AGREE,
    "等待卖家同意": RefundStatus.WAIT_SELLER_AGREE,
    "待商家处理": RefundStatus.WAIT_SELLER_AGREE,
    "卖家已经同意退款,等待买家退货": RefundStatus.WAIT_BUYER_RETURN,
    "卖家同意退款,等待买家退货": RefundStatus.WAIT_BUYER_RETURN,
    "等待买家退货": RefundStatus.WAIT_BUYER_RETURN,
    "待买家退货": RefundStatus.WAIT_BUYER_RETURN,
    "买家已经退货,等待卖家确认收货": RefundStatus.WAIT_SELLER_RECEIVE,
    "买家已退货,等待卖家确认收货": RefundStatus.WAIT_SELLER_RECEIVE,
    "等待卖家确认收货": RefundStatus.WAIT_SELLER_RECEIVE,
    "待商家收货": RefundStatus.WAIT_SELLER_RECEIVE,
    "等待卖家发出换货商品": RefundStatus.WAIT_SELLER_RESEND,
    "卖家拒绝退款": RefundStatus.REFUSED,
    "卖家拒绝": RefundStatus.REFUSED,
    "退款关闭": RefundStatus.CLOSED,
    "退款成功": RefundStatus.SUCCESS,
    "NO_REFUND": RefundStatus.NONE,
    "WAIT_SELLER_AGREE": RefundStatus.WAIT_SELLER_AGREE,
    "WAIT_BUYER_RETURN_GOODS": RefundStatus.WAIT_BUYER_RETURN,
    "WAIT_SELLER_CONFIRM_GOODS": RefundStatus.WAIT_SELLER_RECEIVE,
    "WAIT_BUYER_CONFIRM_EXCHANGE_SELLER_SEND_GOODS": RefundStatus.WAIT_SELLER_RESEND,
    "WAIT_SELLER_CONSIGN_GOODS": RefundStatus.WAIT_SELLER_RESEND,
    "EXCHANGE_TRANSFORM_TO_REFUND": RefundStatus.WAIT_SELLER_AGREE,
    "SELLER_REFUSE_BUYER": RefundStatus.REFUSED,
    "CLOSED": RefundStatus.CLOSED,
    "SUCCESS": RefundStatus.SUCCESS,
}


def status_word(text: str) -> str:
    """Return a status text as the tables have it: no blanks, half-width comma."""
    return "".join(text.split()).replace("，", ",")


def order_status(text: str) -> OrderStatus | None:
    """Return the status an order's or line's text means, or None if the word is not known."""
    return ORDER_WORDS.get(status_word(text))


def refund_status(text: str) -> RefundStatus | None:
    """Return the status a refund's text means, or None if the word is not known."""
    return REFUND_WORDS.get(status_word(text))
