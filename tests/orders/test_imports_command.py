"""The command: what it prints, what it answers, on an empty database."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from orders.models import ImportBatch, Order
from staff.models import Shop
from tests.factories.imports import line_csv, order_csv
from tests.factories.orders import stocked_sku
from tests.factories.taobao import line, number, order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def pair(tmp_path):
    """Two files as downloaded, one row of which cannot be read."""
    orders, lines = tmp_path / "ExportOrderList202012021529.csv", tmp_path / "ExportOrderDetailList202012021530.csv"
    orders.write_bytes(order_csv([order(1), order(2, 总金额="viel")]).encode("gb18030"))
    lines.write_bytes(line_csv([line(1)]).encode("gb18030"))
    return str(lines), str(orders)


def run(*words: str) -> tuple[list[str], str]:
    out, err = StringIO(), StringIO()
    call_command("import_orders", *words, stdout=out, stderr=err)
    return out.getvalue().splitlines(), err.getvalue()


def test_json_is_the_last_line_and_holds_counts_complaints_and_the_batch(pair):
    told, _errors = run(*pair, "--json")

    found = json.loads(told[-1])
    assert found["orders"] == {"new": 1, "changed": 0, "unchanged": 0, "refused": 1}
    assert {name: found["lines"][name] for name in ("new", "changed", "unchanged", "refused")} == {
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "refused": 0,
    }
    assert found["complaints"] == [
        {
            "file": "ExportOrderList202012021529.csv",
            "row": 3,
            "column": "总金额",
            "text": "“viel” is not an amount of money",
        }
    ]
    assert ImportBatch.objects.get(pk=found["batch"]).started_by is None


def test_without_json_it_speaks_to_people(pair):
    told, errors = run(*pair)

    assert told == [
        "Orders: 1 new, 0 changed, 0 unchanged, 1 refused",
        "Lines: 1 new, 0 changed, 0 unchanged, 0 refused",
    ]
    assert errors == "ExportOrderList202012021529.csv 3 总金额: “viel” is not an amount of money\n"


def test_the_orders_are_screened(pair):
    sku = stocked_sku(code="YS-0001")

    run(*pair)

    assert Order.objects.get().lines.get().sku == sku


def test_a_shop_is_named_and_made(pair):
    run(*pair, "--shop", "云杉旗舰店")

    assert Order.objects.get().shop.name == "云杉旗舰店"
    assert ImportBatch.objects.get().shop == Shop.objects.get()


def test_a_rehearsal_writes_nothing(pair):
    told, _errors = run(*pair, "--rehearse", "--json")

    assert told[0] == "Rehearsal: nothing was written."
    assert json.loads(told[-1])["orders"]["new"] == 1
    assert not Order.objects.exists()
    assert not Shop.objects.exists()


def test_damaged_files_end_with_1_and_nothing_is_written(tmp_path):
    path = tmp_path / "damaged.csv"
    rows = [order(1, 订单编号=f"23750240271{place:04d}0") for place in range(16)]
    path.write_bytes(order_csv(rows).encode("gb18030"))
    out = StringIO()

    with pytest.raises(CommandError, match="are damaged") as refused:
        call_command("import_orders", str(path), "--json", stdout=out)

    assert refused.value.returncode == 1
    found = json.loads(out.getvalue().splitlines()[-1])
    assert (found["state"], found["orders"]["new"]) == ("refused", 0)
    assert found["complaints"][0]["file"] == "damaged.csv"
    assert not Order.objects.exists()
    assert not Shop.objects.exists()


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"nowhere\.csv"):
        call_command("import_orders", str(tmp_path / "nowhere.csv"))


def test_a_second_time_everything_is_unchanged(pair):
    run(*pair)

    told, errors = run(*pair, "--json")

    found = json.loads(told[-1])
    assert (found["orders"]["new"], found["orders"]["unchanged"]) == (0, 1)
    assert "already" in errors
    assert list(Order.objects.values_list("number", flat=True)) == [number(1)]
