"""The rulebook holds every row of the register it has to, with its price, and nobody forgot a detector."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from shopops.kit.detectors import DETECTORS
from staff.actions.rulebook import BOOK, read_clauses
from staff.models import Rulebook
from staff.queries.parameters import LABELS, NOT_SHOWN
from staff.queries.terms import GRADES
from staff.queries.to_come import LIST, detectors_to_come
from staff.states import ClauseKind, ExcuseKind, Machine, Per
from tests.architecture.code import APPS

DATA = BOOK.parent
KINDS = {"penalty": "penalty", "reward": "reward", "sla": "deadline"}
PRICES = {
    "CAT-051": "-5",
    "CAT-052": "-3",
    "CAT-053": "-1",
    "CAT-054": "-3",
    "CAT-055": "-2",
    "CAT-056": "-3",
    "CAT-057": "-1",
    "CAT-059": "-3",
    "CAT-060": "-1",
    "ORD-016": "-3",
    "ORD-025": "-3",
    "ORD-028": "-3",
    "CS-048": "-1",
    "CS-049": "-1",
    "CS-050": "-1",
    "CS-053": "-1.5",
    "CS-055": "-0.5",
    "CS-056": "-0.5",
    "CS-060": "-1",
    "CS-061": "-3",
    "CS-062": "-5",
    "CS-066": "-0.5",
    "CS-067": "-1",
    "CS-071": "-3",
    "CS-072": "-3",
    "CS-075": "-0.5",
    "STF-123": "-0.5",
    "STF-126": "-5",
    "STF-127": "-5",
    "STF-128": "-3",
    "DATA-018": "-10",
    "DATA-021": "-1.5",
}
FUNDS = {"GOV-010": 50, "GOV-011": 50, "GOV-012": 100, "GOV-013": 50, "GOV-015": 10, "GOV-016": 100}
SLIDING = {
    "CAT-055": ["-2", "-3", "-4"],
    "CAT-057": ["-1", "-2", "-3"],
    "CAT-060": ["-1", "-2", "-3"],
    "CS-061": ["-5"],
    "STF-128": ["-3", "-4", "-5"],
}
MEASURES = {"STF-140", "STF-142", "STF-147", "STF-148", "STF-149", "STF-150", "STF-151", "RISK-012"}
"""Penalties that are measures, not points."""


def register() -> dict[str, tuple[str, str]]:
    """Return row → kind and machine, as this repository's own list has them."""
    lines = (Path(__file__).parent / "register.txt").read_text(encoding="utf-8").splitlines()
    return {row: (kind, machine) for row, kind, machine in (line.split() for line in lines if line[0] != "#")}


@pytest.fixture(scope="module")
def clauses():
    """Every clause as the files say it."""
    regulations = tomllib.loads((BOOK / "regulations.toml").read_text(encoding="utf-8"))["rulebook"]
    rows = read_clauses(BOOK, {row["code"]: Rulebook(code=row["code"]) for row in regulations})
    assert len({row.number for row in rows}) == len(rows)
    return {row.number: row for row in rows}


def test_every_row_of_the_register_is_a_clause_and_no_other(clauses):
    assert clauses.keys() == register().keys()
    assert len(clauses) == 121


def test_kind_and_machine_are_those_of_the_register(clauses):
    for number, (kind, machine) in register().items():
        names = clauses[number].names
        assert names["machine"] == machine, number
        assert names["kind"] in ({KINDS[kind]} if kind in KINDS else {ClauseKind.DEADLINE, ClauseKind.REPORT}), number


def test_prices_are_those_of_the_register(clauses):
    points = {number: row.says["points"] for number, row in clauses.items() if row.says["points"]}
    assert points == {number: Decimal(price) for number, price in PRICES.items()}
    assert {number: row.says["fund"] for number, row in clauses.items() if row.says["fund"]} == FUNDS
    grades = {number: list(row.says["grades"].values()) for number, row in clauses.items() if row.says["grades"]}
    assert grades == SLIDING


def test_every_penalty_has_a_price_or_is_a_measure(clauses):
    free = {
        number
        for number, row in clauses.items()
        if row.names["kind"] == ClauseKind.PENALTY and not row.says["points"] and not row.says["fund"]
    }
    assert free == MEASURES


def test_escalation_superior_and_how_often_are_as_written(clauses):
    third = clauses["CS-066"].says
    assert (third["escalates_from"], third["escalates_by"]) == (3, 2)
    besides = clauses["CS-049"].says
    assert (besides["superior_points"], besides["superior_post"]) == (-2, "STF-073")
    assert clauses["CS-048"].says["parameters"]["everybody_on_duty"] is True
    daily = {number for number, row in clauses.items() if row.says["per"] == Per.DAY}
    assert daily == {"CS-048", "CS-049", "CS-050", "CS-053", "CS-075", "DATA-021"}
    assert {number for number, row in clauses.items() if row.says["per"] == Per.MONTH} == {"GOV-010"}
    assert {number for number, row in clauses.items() if row.says["per"] == Per.CAUSE} == {
        "GOV-011",
        "GOV-012",
        "GOV-013",
    }


def test_limits_are_those_of_the_register(clauses):
    wanted = {
        "CAT-034": {"days": 3},
        "CAT-070": {"weeks": 2},
        "CAT-090": {"weeks": 4},
        "ORD-014": {"hours": 24},
        "CS-047": {"starts": "09:00", "ends": "23:00", "seconds": 60, "fallback_post": "STF-073"},
        "CS-049": {"seconds": 60},
        "CS-053": {"working_days": 1, "time": "12:00", "annotate_all": False, "fallback_post": "STF-073"},
        "CS-057": {"see": "CS-060"},
        "CS-059": {"see": "CS-060"},
        "CS-060": {"first_reply_too": True, "first_seconds": 45, "ring_seconds": 10},
        "STF-126": {"days": 2},
        "STF-131": {"first_day": 1, "last_day": 10, "month": 1, "fallback_post": "STF-095"},
        "GOV-007": {"centres": 2},
        "DATA-021": {"working_days": 1, "time": "10:00"},
        "WH-024": {"pieces": 10},
    }
    assert {number: clauses[number].says["parameters"] for number in wanted} == wanted


def test_every_clause_the_system_watches_has_one_detector_or_one_entry_among_those_to_come(clauses):
    to_come = detectors_to_come()
    for number, row in clauses.items():
        see = row.says["parameters"].get("see")
        ways = [bool(row.names["detector"]), bool(see), number in to_come]
        if row.names["machine"] == Machine.AUTO:
            assert sum(ways) == 1, f"{number}: a detector, another clause that is watched, or an entry; just one"
        else:
            assert not row.names["detector"], number
            assert number not in to_come, number
        if see:
            assert clauses[see].names["detector"] or see in to_come, f"{number}: nobody watches {see}"
            assert not clauses[see].says["parameters"].get("see")


def test_detectors_are_installed_and_those_to_come_are_not(clauses):
    named = [row.names["detector"] for row in clauses.values() if row.names["detector"]]
    assert set(named) == set(DETECTORS)
    assert len(named) == len(set(named))
    coming = [one.detector for one in detectors_to_come().values()]
    assert not set(coming) & set(DETECTORS)
    assert len(coming) == len(set(coming))
    assert {name.split(".")[0] for name in coming} <= set(APPS)
    assert detectors_to_come().keys() <= clauses.keys()
    assert LIST.read_text(encoding="utf-8").count("[[detector]]") == len(coming)


def test_posts_owners_and_words_of_the_files_are_known(clauses):
    posts = tomllib.loads((DATA / "posts.toml").read_text(encoding="utf-8"))
    units = tomllib.loads((DATA / "organisation.toml").read_text(encoding="utf-8"))
    regulations = tomllib.loads((BOOK / "regulations.toml").read_text(encoding="utf-8"))["rulebook"]
    assert {row["owner"] for row in regulations} <= units.keys()
    assert {row["code"] for row in regulations} == {row.names["rulebook"].code for row in clauses.values()}
    rows = {row for post in posts.values() for row in post["rows"]}
    for number, row in clauses.items():
        assert row.binds <= posts.keys(), number
        assert set(row.says["excuses"]) <= set(ExcuseKind.values), number
        assert set(row.says["parameters"]) <= LABELS.keys() | set(NOT_SHOWN), number
        assert row.says["grades"].keys() <= GRADES.keys(), number
        assert row.says["superior_post"] in {"", *rows}, number
        assert row.says["parameters"].get("fallback_post", "") in {"", *rows}, number


def test_a_text_says_its_numbers_by_name_only(clauses):
    """Text and numbers cannot differ where the text has none; midnight and other clauses are no numbers of its own."""
    for number, row in clauses.items():
        for text in (row.says["text"], row.says["text_en"]):
            bare = re.sub(r"\{[a-z_]+\}|[A-Z]+-\d{3}|24:00", "", text)
            assert not re.search(r"\d", bare), f"{number}: {text}"
