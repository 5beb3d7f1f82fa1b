"""The seller centre's export files, made up: every header version and every quirk, nobody's data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from shopops.kit.refusals import Refused

BASE = (
    "订单编号 买家会员名 买家支付宝账号 买家应付货款 买家应付邮费 买家支付积分 总金额 返点积分 买家实际支付金额 "
    "买家实际支付积分 订单状态 买家留言 收货人姓名 收货地址_ 运送方式 联系电话_ 联系手机 订单创建时间 订单付款时间_ "
    "宝贝标题_ 宝贝种类_ 物流单号_ 物流公司 订单备注 宝贝总数量 店铺Id 店铺名称 订单关闭原因 卖家服务费 买家服务费"
)
ADDED_2016 = (
    " 发票抬头 是否手机订单 分阶段订单信息 特权订金订单id 定金排名 修改后的sku 修改后的收货地址 异常信息 "
    "天猫卡券抵扣 集分宝抵扣 是否是O2O交易"
)
PHOTOS = "特权订金订单id 是否上传合同照片 是否上传小票 是否代付"
RETAIL = " 新零售交易类型 新零售导购门店名称 新零售导购门店id 新零售发货门店名称 新零售发货门店id"
PAYMENT = "买家支付宝账号 支付单号 支付详情"


def headers(text: str) -> list[str]:
    """Return the headers of a line of names; `_` stands for the blank some have at their end."""
    return [name.replace("_", " ") for name in text.split()]


_MAY_2016 = BASE + ADDED_2016
_SEPTEMBER_2016 = _MAY_2016 + " 是否上传身份证"
_OCTOBER_2016 = _SEPTEMBER_2016.replace("特权订金订单id", PHOTOS)
_FEBRUARY_2017 = _MAY_2016.replace("特权订金订单id", PHOTOS)
_JULY_2017 = _FEBRUARY_2017 + " 退款金额 预约门店"
_2018 = _FEBRUARY_2017 + RETAIL + " 退款金额 预约门店 确认收货时间 打款商家金额 含应开票给个人的个人红包"
_SEPTEMBER_2018 = _2018.replace("买家支付宝账号", PAYMENT).replace("_", "")
_2020 = _2018.replace("买家支付宝账号", PAYMENT) + " 是否信用购 体验期结束时间 前N有礼 配送类型 主订单编号"
_2021 = (
    _2020.replace("_", "")
    .replace("新零售交易类型", "满返红包金额 新零售交易类型")
    .replace("主订单编号", "直播返现状态 返现金额 新零售成交门店昵称 新零售成交门店id 新零售成交经销商id 主订单编号")
)
_2022 = (
    _2021.replace("满返红包金额 ", "")
    .replace("买家支付宝账号", "买家会员昵称")
    .replace("联系手机", "联系手机 虚拟号过期时间")
    .replace("返现金额", "返现金额 延迟发货自动赔付金额")
    .replace("主订单编号", "预售订单 发货时间 商家备忘 主订单编号")
)

ORDER_HEADERS: dict[str, list[str]] = {
    "2012": headers(BASE),
    "2016-05": headers(_MAY_2016),
    "2016-09": headers(_SEPTEMBER_2016),
    "2016-10": headers(_OCTOBER_2016),
    "2017-02": headers(_FEBRUARY_2017),
    "2017-07": headers(_JULY_2017),
    "2018": headers(_2018),
    "2018-09": headers(_SEPTEMBER_2018),
    "2020": headers(_2020),
    "2021": headers(_2021),
    "2022": headers(_2022),
    "2024": headers(
        "订单编号 支付单号 支付详情 买家应付货款 买家应付邮费 总金额 买家实付金额 订单创建时间 订单付款时间 商品标题 "
        "退款金额 是否主动赔付 主动赔付金额 主动赔付出账时间 商品属性SKU C2B小额收款 确认收货打款金额 "
        "含应开票给个人红包 总金额(旧版)"
    ),
}
LINE_HEADERS: dict[str, list[str]] = {
    "2011": headers("订单编号 标题 价格 购买数量 外部系统编号 商品属性 套餐信息 备注 订单状态 商家编码"),
    "2022": headers(
        "子订单编号 主订单编号 标题 价格 购买数量 外部系统编号 商品属性 套餐信息 备注 订单状态 商家编码 支付单号 "
        "买家应付货款 买家实际支付金额 退款状态 退款金额 订单创建时间 订单付款时间"
    ),
    "2024": headers(
        "子订单编号 主订单编号 商品标题 商品价格 购买数量 外部系统编号 商品属性 套餐信息 联系方式备注 订单状态 "
        "商家编码 支付单号 买家应付货款 买家实付金额 退款状态 退款金额 订单创建时间 订单付款时间 淘鲜达渠道 商品ID "
        "分阶段信息 备注标签 商家备注 主订单买家留言 是否主动赔付 主动赔付金额 主动赔付出账时间"
    ),
    "2026": headers(
        "子订单编号 主订单编号 商品标题 商品价格 购买数量 外部系统编号 商品属性 套餐信息 联系方式备注 订单状态 "
        "商家编码 支付单号 买家应付货款 买家实付金额 退款状态 退款金额 订单创建时间 订单付款时间 淘鲜达渠道 商品_ID "
        "分阶段信息 备注标签 商家备注 主订单买家留言 发货时间 物流单号 物流公司 是否主动赔付 主动赔付金额 "
        "主动赔付出账时间 应发货时间 飞猪购订单信息 免单资格 免单金额 百亿补贴超链订单信息 超链半托管订单信息"
    ),
}
OTHER_HEADERS: dict[str, list[str]] = {
    "refunds": headers(
        "订单编号 退款编号 支付单号 订单付款时间 商品id 商品编码 退款完结时间 买家实际支付金额 买家退款金额 退款状态 "
        "货物状态"
    ),
    "settlements": headers(
        "商家昵称 入帐日期 入帐时间 支付流水号 主订单id 子订单id 入帐类型 收入金额(元) 支出金额(元) 业务描述 备注"
    ),
    "funds": headers("入账时间 支付流水号 淘宝订单编号 入账类型 收入金额（元） 支出金额 业务描述 备注"),
    "abnormal_parcels": headers(
        "交易单号 子交易单号 超时类型 支付时间 应揽收时间 异常类型 买家姓名 买家电话 买家地址 商品名称 备注信息"
    ),
    "goods_payments": headers("子订单号 订单号 数量 订单实际金额（元） 退款金额（元） 商品名称"),
    "traces": headers("运单号 物流公司 时间 轨迹"),
}

ORDER: dict[str, str] = {
    "买家会员名": "tb买家0417",
    "买家支付宝账号": "13900001234",
    "买家应付货款": "188.00",
    "买家应付邮费": "0.00",
    "买家支付积分": "0",
    "总金额": "188.00",
    "返点积分": "0",
    "买家实际支付金额": "188.00",
    "买家实付金额": "188.00",
    "买家实际支付积分": "0",
    "订单状态": "买家已付款，等待卖家发货",
    "收货人姓名": "周某某",
    "收货地址": "江苏省 苏州市 昆山市 玉山镇测试路12号(215300)",
    "运送方式": "快递",
    "联系手机": "'13900001234",
    "订单创建时间": "2020-11-01 00:03:12",
    "订单付款时间": "2020-11-01 00:03:40",
    "宝贝标题": "加厚羊羔绒外套",
    "商品标题": "加厚羊羔绒外套",
    "宝贝种类": "1",
    "宝贝总数量": "1",
    "店铺Id": "0",
    "店铺名称": "暖冬旗舰店",
    "订单关闭原因": "订单未关闭",
    "卖家服务费": "0",
    "买家服务费": "0元",
    "是否手机订单": "手机订单",
    "是否上传合同照片": "否",
    "是否上传小票": "否",
    "是否代付": "否",
    "退款金额": "0.00",
}
LINE: dict[str, str] = {
    "标题": "加厚羊羔绒外套",
    "商品标题": "加厚羊羔绒外套",
    "价格": "288.00",
    "商品价格": "288.00",
    "购买数量": "1",
    "外部系统编号": "YS-0001",
    "商家编码": "YS-0001",
    "商品属性": "颜色分类：米白;尺码：M",
    "套餐信息": "null",
    "备注": "null",
    "订单状态": "买家已付款，等待卖家发货",
    "买家应付货款": "188.00",
    "买家实际支付金额": "188.00",
    "买家实付金额": "188.00",
    "退款状态": "没有申请退款",
    "退款金额": "无退款申请",
    "订单创建时间": "2020-11-01 00:03:12",
    "订单付款时间": "2020-11-01 00:03:40",
}
NUMBERS = frozenset({"订单编号", "主订单编号", "子订单编号", "特权订金订单id"})


@contextmanager
def readable_or_refused() -> Iterator[None]:
    """Let nothing through but a refusal with a sentence."""
    try:
        yield
    except Refused as refused:
        sentence = str(refused)
        assert sentence


def number(place: int, *, digits: int = 19) -> str:
    """Return a made-up id of so many digits, whose ends differ as real ones do."""
    return str(10 ** (digits - 1) + (place * 7_919_317 + 4_271) % 10 ** (digits - 1))


def row(header: Sequence[str], values: Mapping[str, Any]) -> list[Any]:
    """Return the cells of a row in the order of a header."""
    return [values.get(name.strip(), "") for name in header]


def order(place: int = 1, **changes: str) -> dict[str, str]:
    """Return an order by header; keyword arguments change cells."""
    return {**ORDER, "订单编号": number(place), "主订单编号": number(place), **changes}


def line(place: int = 1, *, of: int | None = None, **changes: str) -> dict[str, str]:
    """Return a line of the order `of` by header."""
    whose = number(place if of is None else of)
    return {**LINE, "订单编号": whose, "主订单编号": whose, "子订单编号": number(place), **changes}


def platform_csv(header: Sequence[str], rows: Iterable[Mapping[str, str]], *, comma_at_end: bool = False) -> str:
    """Return a file as the seller centre writes it: LF, all cells quoted but the ids, which are formulas."""
    lines = [",".join(quoted(name) for name in header)]
    for values in rows:
        cells = [
            f'="{values.get(name.strip(), "")}"' if name.strip() in NUMBERS else quoted(values.get(name.strip(), ""))
            for name in header
        ]
        lines.append(",".join(cells) + ("," if comma_at_end else ""))
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """Return a quoted cell."""
    return '"' + text.replace('"', '""') + '"'


def write_csv(path: Path, text: str, encoding: str = "gb18030") -> Path:
    """Write text as a file."""
    path.write_bytes(text.encode(encoding))
    return path


def write_xlsx(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]], *, hidden: str = "") -> Path:
    """Write sheets of rows; text beginning with `=` becomes a formula whose text is also its stored result."""
    book = xlsxwriter.Workbook(str(path))
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number_, cells in enumerate(rows):
            for column, value in enumerate(cells):
                if isinstance(value, datetime):
                    sheet.write_datetime(number_, column, value, moment)
                elif isinstance(value, str) and value.startswith("="):
                    sheet.write_formula(number_, column, value, None, value[2:-1])
                elif value != "":
                    sheet.write(number_, column, value)
        if name == hidden:
            sheet.hide()
    book.close()
    return path
