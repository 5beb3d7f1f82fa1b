"""Made-up exports of the seller centre, as big as wanted, the same every time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

ORDER_HEADER = [
    "订单编号",
    "买家会员名",
    "买家支付宝账号",
    "买家应付货款",
    "买家应付邮费",
    "买家支付积分",
    "总金额",
    "返点积分",
    "买家实际支付金额",
    "买家实际支付积分",
    "订单状态",
    "买家留言",
    "收货人姓名",
    "收货地址 ",
    "运送方式",
    "联系电话 ",
    "联系手机",
    "订单创建时间",
    "订单付款时间 ",
    "宝贝标题 ",
    "宝贝种类 ",
    "物流单号 ",
    "物流公司",
    "订单备注",
    "宝贝总数量",
    "店铺Id",
    "店铺名称",
    "订单关闭原因",
    "卖家服务费",
    "买家服务费",
    "发票抬头",
    "是否手机订单",
    "分阶段订单信息",
    "特权订金订单id",
    "是否上传合同照片",
    "是否上传小票",
    "是否代付",
    "定金排名",
    "修改后的sku",
    "修改后的收货地址",
    "异常信息",
    "天猫卡券抵扣",
    "集分宝抵扣",
    "是否是O2O交易",
    "退款金额",
    "预约门店",
]
LINE_HEADER = [
    "订单编号",
    "标题",
    "价格",
    "购买数量",
    "外部系统编号",
    "商品属性",
    "套餐信息",
    "备注",
    "订单状态",
    "商家编码",
]

FIRST_MOMENT = datetime(2026, 3, 1)  # noqa: DTZ001 -- the files carry Shanghai's wall clock
SHOP = "海外生活馆"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华慧建文斌"
PLACES = (
    "广东省 广州市 越秀区",
    "四川省 成都市 武侯区",
    "浙江省 杭州市 余杭区",
    "上海 上海市 浦东新区",
    "江苏省 南京市 鼓楼区",
    "湖北省 武汉市 洪山区",
    "北京 北京市 朝阳区",
    "广西壮族自治区 南宁市 青秀区",
    "安徽省 马鞍山市 花山区",
    "山东省 青岛市 市南区",
)
GOODS = ("不锈钢雪平锅", "三德刀厨刀", "羊毛围巾", "真空保温杯", "全棉四件套", "儿童书包", "护手霜套装", "蓝牙耳机")
STATES = (
    ("卖家已发货，等待买家确认", 55),
    ("交易成功", 25),
    ("买家已付款，等待卖家发货", 12),
    ("等待买家付款", 4),
    ("交易关闭", 4),
)


@dataclass(frozen=True)
class Made:
    """An order with its lines, as the two files have it."""

    order: list[str]
    lines: list[list[str]]


def made_orders(count: int, *, changed_share: float = 0.0) -> Iterator[Made]:
    """Yield orders of one, two or three lines, 1.6 on average.

    :param changed_share: of the orders, how many have got on since (their state and the seller's memo differ).
    """
    chance = random.Random(20260301)
    words, weights = [word for word, _share in STATES], [share for _word, share in STATES]
    step = timedelta(days=60) / count
    for number in range(count):
        order_number = f"{260_000_000_000_000 + number * 7}{chance.randrange(1, 10_000):04d}"
        buyer = chance.randrange(max(10, count * 3 // 10))
        state = chance.choices(words, weights)[0]
        placed = FIRST_MOMENT + step * number
        paid = "" if state == "等待买家付款" else str((placed + timedelta(seconds=47)).replace(microsecond=0))
        lines = []
        total = 0
        for _line in range(chance.choices((1, 2, 3), (55, 30, 15))[0]):
            sku = chance.randrange(5000)
            price = 1990 + sku * 7
            quantity = chance.choices((1, 2, 3), (85, 12, 3))[0]
            total += price * quantity
            code = f"SP-{sku:05d}"
            title = f"【顺丰包邮】原厂正品{GOODS[sku % len(GOODS)]}{sku}号"
            lines.append(
                [title, f"{price / 100:.2f}", str(quantity), code, f"颜色分类：{sku % 9}号色", "", "", state, code]
            )
        total = total * 9 // 10
        money = f"{total / 100:.2f}"
        memo = "已电话确认" if chance.random() < 0.1 else ""  # noqa: PLR2004
        if chance.random() < changed_share:
            memo, state = "客户要求尽快发出", "交易成功"
        place = PLACES[buyer % len(PLACES)]
        order = [
            *(f'="{order_number}"', f"tb买家{buyer}", f"user{buyer}@example.com", money, "0.00", "0", money, "0"),
            *(money if paid else "0.00", "0", state, "请尽快发货" if number % 20 == 0 else ""),
            SURNAMES[buyer % 20] + GIVEN[buyer % 28] + GIVEN[buyer // 7 % 28],
            f"{place} 人民街道测试路{buyer % 900}号{buyer % 30}幢{buyer % 4}单元({510000 + buyer % 9000})",
            *("快递", "", f"'13{buyer:09d}", str(placed.replace(microsecond=0)), paid),
            "，".join(line[0] for line in lines),
            *(
                str(len(lines)),
                f"No:SF{number:012d}" if "发货，" in state else "",
                "顺丰速运" if "发货，" in state else "",
            ),
            *(memo, str(sum(int(line[2]) for line in lines)), "0", SHOP),
            *(
                "订单未关闭" if state != "交易关闭" else "买家未付款",
                "0",
                "0元",
                "",
                "手机订单",
                "",
                '=""',
                "否",
                "否",
                "否",
            ),
            *("", "", "", "", "", "", "", "0.00", ""),
        ]
        yield Made(order, [[f'="{order_number}"', *line] for line in lines])


def csv_line(cells: list[str]) -> str:
    """Return a row as the seller centre writes it: everything quoted but the formulas that protect numbers."""
    return ",".join(cell if cell.startswith('="') else f'"{cell}"' for cell in cells) + "\n"


def write_csv_pair(folder: Path, count: int, *, changed_share: float = 0.0) -> tuple[Path, Path]:
    """Write an order list and its item list in GB18030; return their paths."""
    suffix = f"{count}-{round(changed_share * 100)}"
    orders, lines = folder / f"ExportOrderList{suffix}.csv", folder / f"ExportOrderDetailList{suffix}.csv"
    with orders.open("w", encoding="gb18030", newline="") as of, lines.open("w", encoding="gb18030", newline="") as lf:
        of.write(csv_line(ORDER_HEADER))
        lf.write(csv_line(LINE_HEADER))
        for made in made_orders(count, changed_share=changed_share):
            of.write(csv_line(made.order))
            lf.writelines(f"{csv_line(line)[:-1]},\n" for line in made.lines)
    return orders, lines


def write_xlsx(folder: Path, count: int, *, columns: int = 30) -> Path:
    """Write an order list as a workbook that keeps the first `columns` columns."""
    import xlsxwriter

    path = folder / f"ExportOrderList{count}x{columns}.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ORDER_HEADER[:columns])
        for row, made in enumerate(made_orders(count), start=1):
            cells = [cell.strip('="') if cell.startswith('="') else cell for cell in made.order[:columns]]
            sheet.write_row(row, 0, cells)
    return path
