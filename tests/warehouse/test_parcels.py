"""Traces: what carriers say of parcels, and where the parcels are by that."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from shopops.kit.clock import SHANGHAI
from staff.models import Event
from tests.factories.warehouse import NOON, CarrierFactory, make_shipped_note
from warehouse.actions.carriers import load_carriers
from warehouse.actions.parcels import News, derive, take_news
from warehouse.imports.traces import import_traces
from warehouse.models import Carrier, Parcel, TraceNode, Warehouse
from warehouse.signals import parcel_news
from warehouse.states import ParcelState

pytestmark = pytest.mark.django_db

COLLECTED, MOVING, OUT = ParcelState.COLLECTED, ParcelState.IN_TRANSIT, ParcelState.OUT_FOR_DELIVERY
SIGNED, FAILED, RETURNED = ParcelState.SIGNED, ParcelState.FAILED, ParcelState.RETURNED


def hour(count: int) -> datetime:
    return NOON + timedelta(hours=count)


def story(*steps: tuple[int, ParcelState | None]):
    return [(hour(at), kind or "", f"{at}点") for at, kind in steps]


@pytest.mark.parametrize(
    ("steps", "state", "collected", "signed"),
    [
        ([], ParcelState.HANDED_OVER, None, None),
        ([(1, ParcelState.HANDED_OVER)], ParcelState.HANDED_OVER, None, None),
        ([(1, ParcelState.HANDED_OVER), (4, COLLECTED)], COLLECTED, 4, None),
        ([(4, COLLECTED), (9, MOVING), (30, OUT), (31, SIGNED), (32, None)], SIGNED, 4, 31),
        ([(4, COLLECTED), (30, OUT), (31, FAILED)], FAILED, 4, None),
        ([(4, COLLECTED), (31, FAILED), (50, OUT)], OUT, 4, None),
        ([(4, COLLECTED), (31, FAILED), (40, RETURNED), (60, MOVING), (80, SIGNED)], RETURNED, 4, None),
        ([(7, MOVING)], MOVING, 7, None),
        ([(4, COLLECTED), (5, None)], COLLECTED, 4, None),
    ],
)
def test_where_a_parcel_is_follows_from_what_was_said(steps, state, collected, signed):
    found = derive(story(*steps), shipped_at=NOON)
    assert found.state == state
    assert found.collected_at == (None if collected is None else hour(collected))
    assert found.signed_at == (None if signed is None else hour(signed))


@given(
    steps=st.lists(st.tuples(st.integers(0, 99), st.sampled_from([None, *ParcelState])), max_size=8, unique=True),
    seed=st.randoms(),
)
def test_the_order_in_which_news_arrive_does_not_matter(steps, seed):
    told = story(*steps)
    shuffled = told[:]
    seed.shuffle(shuffled)
    assert derive(told, shipped_at=NOON) == derive(shuffled, shipped_at=NOON)


def test_take_news_moves_the_parcel_once_and_tells_later_apps(wang):
    told = []
    parcel_news.connect(listen := lambda **words: told.append(words))
    note = make_shipped_note(wang)
    news = [
        News(note.waybill, hour(4), COLLECTED, "【杭州市】余杭分部 已揽收"),
        News(note.waybill, hour(30), SIGNED, "您的快件已签收"),
        News("999999999999999", hour(4), COLLECTED, "别家的"),
    ]
    taken = take_news(news, by=wang, at=hour(31))
    assert (taken.new, taken.known, taken.unknown) == (2, 0, ["999999999999999"])
    assert taken.moved == {SIGNED: 1}
    again = take_news(news, by=wang, at=hour(32))
    parcel_news.disconnect(listen)
    assert (again.new, again.known, again.moved) == (0, 2, {})
    parcel = Parcel.objects.get()
    assert (parcel.state, parcel.collected_at, parcel.signed_at) == (SIGNED, hour(4), hour(30))
    assert (parcel.last_news_at, parcel.last_news) == (hour(30), "您的快件已签收")
    [words] = told
    assert (words["parcels"], words["before"]) == ([parcel], {parcel.pk: ParcelState.HANDED_OVER})
    assert Event.objects.get(verb="warehouse.news").changes == {"state": ["handed_over", "signed"]}


def test_two_parcels_with_one_number_are_told_apart_by_the_carrier(wang):
    mine = make_shipped_note(wang, waybill="77010000000413")
    other = make_shipped_note(
        wang, waybill="77010000000413", carrier_id=CarrierFactory(code="STO", name="申通快递", number_pattern="").pk
    )
    take_news([News("77010000000413", hour(1), COLLECTED, "已揽收", "申通")], by=wang, at=hour(2))
    assert Parcel.objects.get(note=other).state == COLLECTED
    assert Parcel.objects.get(note=mine).state == ParcelState.HANDED_OVER
    assert take_news([News("77010000000413", hour(3), COLLECTED, "已揽收")], by=wang, at=hour(4)).unknown


def test_take_news_uses_as_many_queries_for_three_as_for_one(wang, queries_of):
    notes = [make_shipped_note(wang, waybill=f"43010000000000{number}") for number in range(4)]

    def news(some):
        return [News(note.waybill, hour(2), COLLECTED, "已揽收") for note in some]

    one = queries_of(lambda: take_news(news(notes[:1]), by=wang, at=hour(3)))
    assert queries_of(lambda: take_news(news(notes[1:]), by=wang, at=hour(3))) == one


@pytest.fixture
def trace_json(tmp_path):
    """Write a file shaped like the seller centre's page data."""
    path = tmp_path / "traces.json"

    def write(waybill: str):
        steps = [
            {"desc": "您的快件已签收，如有疑问请联系快递员", "time": "2026-11-22 10:02:00", "syncTime": "x"},
            {"desc": "【杭州市】快递员 李某 正在为您派送", "time": "2026-11-22 08:10:00"},
            {"desc": "【嘉兴市】已离开 嘉兴分拨中心；发往 杭州", "time": "2026-11-21 22:00:00"},
            {"desc": "【嘉兴市】桐乡公司 已揽收", "time": "2026-11-20 19:00:00"},
            {"desc": "包裹正在等待揽收", "time": "2026-11-20 13:00:00"},
        ]
        path.write_text(
            json.dumps(
                [
                    {
                        "id": "2810012345678901234",
                        "content": {"logisticsName": "韵达快递", "logisticsNum": waybill},
                        "post": steps,
                    }
                ],
                ensure_ascii=False,
            ),
            encoding="utf-8",
        )
        return path

    return write


def test_import_of_a_json_file_of_traces(wang, trace_json):
    note = make_shipped_note(wang)
    path = trace_json(note.waybill)
    at = datetime(2026, 11, 23, tzinfo=SHANGHAI)
    result = import_traces(path, name="traces.json", by=wang, at=at)
    assert (result.taken.new, result.refused) == (5, 0)
    parcel = Parcel.objects.get()
    assert parcel.state == SIGNED
    assert parcel.collected_at == datetime(2026, 11, 20, 19, 0, tzinfo=SHANGHAI)
    assert TraceNode.objects.get(kind=ParcelState.HANDED_OVER).text == "包裹正在等待揽收"
    assert import_traces(path, name="traces.json", by=wang, at=at).taken.new == 0


def test_import_of_a_spreadsheet_of_traces_says_what_it_cannot_read(wang, tmp_path):
    note = make_shipped_note(wang)
    path = tmp_path / "轨迹.csv"
    path.write_text(
        f"物流单号,时间,轨迹\n{note.waybill},2026-11-20 19:00:00,已揽收\n{note.waybill},2026-13-45,到达\n",
        encoding="utf-8-sig",
    )
    result = import_traces(path, name="轨迹.csv", by=wang, at=datetime(2026, 11, 23, tzinfo=SHANGHAI))
    assert result.taken.new == 1
    assert result.complaints[0]["row"] == 3
    assert Parcel.objects.get().state == COLLECTED


def test_the_command_prints_one_json_object_and_refuses_what_is_no_trace(wang, trace_json, tmp_path):
    note = make_shipped_note(wang)
    out = StringIO()
    call_command("import_traces", str(trace_json(note.waybill)), "--json", stdout=out)
    answer = json.loads(out.getvalue().splitlines()[-1])
    assert answer["nodes"] == {"new": 5, "known": 0, "refused": 0}
    assert answer["parcels"] == {"touched": 1, "moved": {"signed": 1}}
    other = tmp_path / "x.json"
    other.write_text('{"a": 1}', encoding="utf-8")
    with pytest.raises(CommandError) as stopped:
        call_command("import_traces", str(other), "--json", stdout=StringIO(), stderr=StringIO())
    assert stopped.value.returncode == 1


def test_load_carriers_makes_them_once_and_keeps_changes():
    first = load_carriers(at=NOON)
    assert first.new > 30
    assert Warehouse.objects.get().code == "main"
    yunda = Carrier.objects.get(code="YUNDA")
    assert yunda.is_active
    Carrier.objects.filter(pk=yunda.pk).update(stalled_hours=36)
    assert load_carriers(at=NOON).new == 0
    assert Carrier.objects.get(code="YUNDA").stalled_hours == 36


def test_stock_proof_prints_json_and_exits_with_one_when_wrong(wang):
    make_shipped_note(wang)
    out = StringIO()
    call_command("stock_proof", "--json", stdout=out)
    assert json.loads(out.getvalue().splitlines()[-1]) == {
        "ok": True,
        "balances": 1,
        "ledger_differences": [],
        "reservation_differences": [],
    }
    from warehouse.models import StockBalance

    StockBalance.objects.update(on_hand=4)
    out = StringIO()
    with pytest.raises(CommandError) as stopped:
        call_command("stock_proof", "--json", stdout=out)
    assert stopped.value.returncode == 1
    assert json.loads(out.getvalue().splitlines()[-1])["ok"] is False
