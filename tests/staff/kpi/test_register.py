"""Every indicator of the register is here, measured or to come, and loading keeps what people changed."""

from __future__ import annotations

import tomllib
from decimal import Decimal

import pytest
from django.core.management import call_command

from shopops.kit.metrics import METRICS
from staff.actions.kpi import INDICATORS, load_kpis, read_indicators
from staff.models import Event, Kpi
from staff.states import KpiCycle, Machine
from tests.factories.staff import NOON, make_cast

REGISTER = {
    *(f"STF-{number}" for number in range(181, 219)),
    "STF-141",
    "STF-143",
    "WH-030",
    "RISK-011",
}
ON_FORMS = {
    *(f"STF-{number}" for number in (143, 185, 187, 189, 190, 193, 197, 198, 199, 201, 203, 204, 207, 208, 216)),
}


@pytest.fixture
def rows() -> list[dict]:
    return read_indicators()


@pytest.fixture
def to_come() -> list[str]:
    text = INDICATORS.with_name("metrics_to_come.toml").read_text(encoding="utf-8")
    return [number for row in tomllib.loads(text)["metric"] for number in row["numbers"]]


def row_of(number: str) -> str:
    """Return the row of the register; where it names several figures, the second is its number and `.2`."""
    return number.partition(".")[0]


def test_every_indicator_of_the_register_is_here_once(rows):
    numbers = [row["number"] for row in rows]
    assert len(numbers) == len(set(numbers)) == 44
    assert {row_of(number) for number in numbers} == REGISTER
    assert {number for number in numbers if number not in REGISTER} == {"STF-206.2", "STF-211.2"}
    assert {row["number"] for row in rows if row["machine"] == "form"} == ON_FORMS


def test_what_the_system_measures_has_a_metric_or_is_still_to_come_and_never_both(rows, to_come):
    assert len(to_come) == len(set(to_come))
    measured = {row["number"] for row in rows if row["machine"] == Machine.AUTO}
    with_metric = {row["number"] for row in rows if row.get("metric")}
    assert with_metric | set(to_come) == measured
    assert not with_metric & set(to_come)


def test_metrics_of_indicators_are_registered_and_name_their_row(rows):
    for row in rows:
        if row.get("metric"):
            assert row_of(row["number"]) in METRICS[row["metric"]].register_ids


def test_forms_say_what_60_80_and_100_look_like_in_both_languages(rows):
    for row in rows:
        both = row.get("guidance", ["", ""])
        assert all(all(mark in text for mark in ("60", "80", "100")) for text in both) == (row["machine"] == "form")


def test_targets_lie_on_the_good_side_of_floors_and_amber_between(rows):
    for row in rows:
        bounds = [Decimal(row[name]) for name in ("target", "warn_at", "floor") if name in row]
        assert len(bounds) in (0, 3), row["number"]
        assert bounds in (sorted(bounds), sorted(bounds, reverse=True)), row["number"]
        if bounds and row.get("metric"):
            assert (bounds[0] > bounds[2]) == (METRICS[row["metric"]].better == "more"), row["number"]


def test_everything_is_loaded_once_with_its_posts_and_units(db):
    make_cast()
    assert load_kpis(at=NOON) == {"new": 44, "changed": 0, "unchanged": 0}
    assert load_kpis(at=NOON) == {"new": 0, "changed": 0, "unchanged": 44}
    kpi = Kpi.objects.get(number="STF-206")
    assert (kpi.cycle, [unit.code for unit in kpi.units.all()]) == (KpiCycle.HALF, ["ecommerce"])
    assert not Kpi.objects.filter(posts=None, units=None).exists()
    assert Event.objects.filter(verb="staff.kpi_added").count() == 44


def test_what_people_changed_stays_and_words_follow_the_file(db):
    make_cast()
    load_kpis(at=NOON)
    Kpi.objects.filter(number="WH-030").update(target="0.9", name="旧名", is_used=False)
    assert load_kpis(at=NOON) == {"new": 0, "changed": 1, "unchanged": 43}
    kpi = Kpi.objects.get(number="WH-030")
    assert (kpi.target, kpi.name, kpi.is_used, kpi.version) == (Decimal("0.9"), "库位使用率", False, 2)


def test_the_command_says_what_it_did(db, capsys):
    call_command("load_kpis", "--json")
    assert capsys.readouterr().out.strip() == '{"new": 44, "changed": 0, "unchanged": 0}'
    call_command("load_kpis")
    assert "44 unchanged" in capsys.readouterr().out
