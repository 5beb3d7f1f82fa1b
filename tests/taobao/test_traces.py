"""What the sentences of a parcel's trace say."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopops.kit.refusals import Refused
from shopops.taobao.traces import NodeKind, node_kind, read_traces
from tests.factories.taobao import readable_or_refused, write_csv, write_xlsx

FILES = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("商品已经下单", NodeKind.ORDERED),
        ("包裹正在等待揽收", NodeKind.ORDERED),
        ("快件待揽收", NodeKind.ORDERED),
        ("电子面单已打印", NodeKind.ORDERED),
        ("【连云港市】江苏东海县公司-某人（0518-00000000） 已揽收", NodeKind.COLLECTED),
        ("【义乌市】某网点 的快递员已收件", NodeKind.COLLECTED),
        ("顺丰速运 已收取快件", NodeKind.COLLECTED),
        ("【扬州市】已到达 江苏扬州分拨交付中心", NodeKind.IN_TRANSIT),
        ("【扬州市】已离开 江苏扬州分拨交付中心；发往 上海分拨交付中心", NodeKind.IN_TRANSIT),
        ("快件运输中", NodeKind.IN_TRANSIT),
        ("【上海市】某服务部 快递员 某人 正在为您派送", NodeKind.OUT_FOR_DELIVERY),
        ("您的包裹将提供送货上门服务", NodeKind.OUT_FOR_DELIVERY),
        ("【代收点】您的快件已暂存至 某驿站，请及时领取签收，如有疑问请电联", NodeKind.AT_PICKUP_POINT),
        ("快件已到达某小区菜鸟驿站", NodeKind.AT_PICKUP_POINT),
        ("您的快件已签收，签收人：门岗，如有疑问请电联快递员", NodeKind.SIGNED),
        ("您的快件已被 棋牌室 代签收", NodeKind.SIGNED),
        ("包裹已被本人取走", NodeKind.SIGNED),
        ("客户拒收，快件留仓", NodeKind.FAILED),
        ("派送不成功（无法联系收件人）", NodeKind.FAILED),
        ("快件已退回发件网点", NodeKind.RETURNED),
        ("退件已签收", NodeKind.RETURNED),
        ("谢谢", NodeKind.OTHER),
        ("", NodeKind.OTHER),
    ],
)
def test_sentences_of_carriers(text, kind):
    assert node_kind(text) is kind


def test_the_action_word_counts_only_where_the_sentence_says_nothing():
    assert node_kind("", "GOT") is NodeKind.COLLECTED
    assert node_kind("正在为您派送", "GOT") is NodeKind.OUT_FOR_DELIVERY


def seller_centre(steps, **content):
    return {"id": "1966256547389220777", "content": {"logisticsName": "韵达快递", **content}, "post": steps}


def nodes_of(path):
    return [node for batch in read_traces(path, name=path.name) for node in batch.nodes]


def write_json(path, document):
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def test_the_seller_centres_json_gives_the_oldest_step_first(tmp_path):
    steps = [
        {"desc": "已揽收", "time": "2023-09-08 20:34:32", "syncTime": "2023-09-08 20:35:45"},
        {"desc": "商品已经下单", "time": "2023-09-06 21:25:42"},
    ]
    path = write_json(tmp_path / "t.json", [seller_centre(steps, logisticsNum="433429491440084")])
    one, two = nodes_of(path)
    assert (one.kind, one.happened_at, one.row) == (NodeKind.ORDERED, "2023-09-06 21:25:42+08", 1)
    assert (two.waybill, two.carrier, two.order_number) == ("433429491440084", "韵达快递", "1966256547389220777")


def test_the_answer_of_the_api_is_read_wrapped_or_not_and_with_one_step_alone(tmp_path):
    step = {"status_time": "2026-09-20 09:00:00", "status_desc": "已揽收", "action": "GOT"}
    answer = {"tid": 8001, "out_sid": "JT0000000000001", "company_name": "极兔速递", "status": "对方已签收"}
    for steps in ([step], step):
        inner = {**answer, "trace_list": {"transit_step_info": steps}}
        for document in (inner, [inner], {"logistics_trace_search_response": inner}):
            (node,) = nodes_of(write_json(tmp_path / "t.json", document))
            assert (node.kind, node.order_number, node.waybill) == (NodeKind.COLLECTED, "8001", "JT0000000000001")


def test_big_numbers_keep_their_digits(tmp_path):
    path = tmp_path / "t.json"
    path.write_text(
        '{"tid": 1966256547389220777, "out_sid": 433429491440084123, "trace_list": {"transit_step_info": '
        '[{"status_time": "2026-09-20 09:00", "status_desc": "已揽收"}]}}',
        encoding="utf-8",
    )
    (node,) = nodes_of(path)
    assert (node.order_number, node.waybill) == ("1966256547389220777", "433429491440084123")


def test_steps_that_cannot_be_read_are_complained_about(tmp_path):
    steps = [
        {"desc": "已揽收", "time": "昨天"},
        {"desc": "已签收", "time": "2023-09-08 20:34:32"},
        "x",
        {"time": "2023-09-08"},
    ]
    path = write_json(tmp_path / "t.json", [seller_centre(steps, logisticsNum="1"), seller_centre(steps)])
    (batch,) = read_traces(path, name="t.json")
    assert [node.kind for node in batch.nodes] == [NodeKind.SIGNED]
    assert [complaint.row for complaint in batch.complaints] == [1, 1, 1, 2]
    assert len(batch.rejected) == 4


@pytest.mark.parametrize("text", ["{", '{"a": 1}', "[]", "[1, 2]", '{"post": "x"}', "[" * 5000])
def test_json_without_traces_is_refused(tmp_path, text):
    path = tmp_path / "t.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refused):
        nodes_of(path)


def test_a_spreadsheet_of_traces_is_read(tmp_path):
    rows = [
        ["运单号", "物流公司", "轨迹时间", "轨迹内容"],
        ["433429491440084", "韵达快递", "2023-09-08 20:34:32", "已揽收"],
    ]
    path = write_csv(tmp_path / "t.csv", "\n".join(",".join(cells) for cells in rows) + "\n,,昨天,\n")
    (batch,) = read_traces(path, name="t.csv")
    (node,) = batch.nodes
    assert (node.waybill, node.carrier, node.kind, node.row) == ("433429491440084", "韵达快递", NodeKind.COLLECTED, 2)
    assert batch.rejected == []
    (node,) = nodes_of(write_xlsx(tmp_path / "t.xlsx", {"a": rows}))
    assert node.happened_at == "2023-09-08 20:34:32+08"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["post", "trace_list", "transit_step_info", "content", "logisticsNum", "out_sid", "desc", "time", "id"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@FILES
@given(document=JSON)
def test_any_json_is_read_or_refused(tmp_path, document):
    path = write_json(tmp_path / "t.json", document)
    with readable_or_refused():
        nodes_of(path)
