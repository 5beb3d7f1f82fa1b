"""The pages of the rulebook: the list with its filters, one clause, all of them; and the command that lists them."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from staff.actions.drafts import draft_version
from staff.actions.roles import set_up_roles
from staff.actions.rulebook import load_rulebook
from staff.actions.tally import tally_day
from staff.models import Appointment, Clause, Position
from staff.queries.clauses import COMING, PEOPLE, SYSTEM, clauses_in_words, coverage
from staff.queries.to_come import detectors_to_come
from tests.factories.clauses import new_version
from tests.factories.rulebook import chenjing, lina, note, zhaomin
from tests.factories.staff import NOON

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
TO_COME = sorted(detectors_to_come())[-2:]
"""Clauses whose records nobody keeps yet."""


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def agent():
    """客服 李娜, with the whole organisation and the rulebook."""
    set_up_roles(at=NOON)
    load_rulebook(at=NOON)
    li = lina()
    Appointment.objects.create(employee=li, position=Position.objects.get(code="service"), since=date(2026, 1, 1))
    return li


@pytest.fixture
def read(client, agent):
    """Return a function that gives the text of a page as 李娜 sees it."""
    client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")

    def text(address, language="zh-hans"):
        client.cookies["django_language"] = language
        with translation.override(language):
            answer = client.get(address)
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    return text


def numbers(text):
    return {clause.number for clause in Clause.objects.all() if f"/rulebook/{clause.number}/" in text}


def test_the_list_says_price_who_finds_it_and_whom_it_binds(read):
    text = read("/rulebook/?q=CS-04&size=200")
    assert numbers(text) == {"CS-044", "CS-046", "CS-047", "CS-048", "CS-049"}
    for words in (
        "离开未改状态",
        "客服主管另记 −2 分",
        "每天一次",
        "在岗人员全体承担",
    ):
        assert words in text, words
    coming = read(f"/rulebook/?q={TO_COME[0]}")
    assert "检测待建" in coming
    assert detectors_to_come()[TO_COME[0]].missing_zh in coming


def watched(department):
    """Return the clauses of a department that a detector watches, by themselves or through another."""
    shown = clauses_in_words(on=TODAY).values()
    return {one.clause.number for one in shown if one.watch.kind == SYSTEM and one.clause.department == department}


@pytest.mark.parametrize(
    ("address", "within", "without"),
    [
        ("?department=governance", {"GOV-010", "GOV-016"}, {"CS-049"}),
        ("?kind=reward", {"GOV-015", "STF-137"}, {"GOV-010"}),
        (
            "?tab=system&department=orders",
            {"ORD-014", "ORD-015", "ORD-016", "ORD-017", "ORD-023", "ORD-024", "ORD-025"},
            {"ORD-030"},
        ),
        ("?tab=system&department=staff", {"STF-128", "STF-129", "STF-130", "STF-131", "STF-132"}, {"STF-137"}),
        ("?tab=people", {"CS-062", "GOV-011"}, {"CS-061"}),
        ("?tab=coming", set(TO_COME), {"ORD-016", "CS-062"}),
        ("?tab=mine&q=CAT", {"CAT-082"}, {"CAT-056"}),
        ("?q=自动回复", {"CS-055", "CS-056"}, {"CS-049"}),
        ("?q=lunch", {"CS-048", "STF-096", "STF-097"}, {"CS-049"}),
        ("?tab=gone", set(), {"CS-049"}),
    ],
)
def test_tabs_filters_and_search_are_in_the_address(read, address, within, without):
    found = numbers(read(f"/rulebook/{address}&size=200"))
    assert within <= found
    assert not without & found
    if address.startswith("?tab=system"):
        assert found == watched(address.rpartition("=")[2])
    if address.startswith("?tab=gone"):
        assert found == within


def test_the_filter_by_post_shows_what_binds_it_and_what_binds_everybody(read):
    copywriter = Position.objects.get(code="copywriter")
    found = numbers(read(f"/rulebook/?post={copywriter.pk}&size=200"))
    assert {"CAT-056", "CAT-057", "GOV-013"} <= found
    assert "CAT-059" not in found
    assert read("/rulebook/?post=nonsense&department=nowhere")


def test_clauses_with_a_draft_or_a_coming_version_say_so(read):
    clause = Clause.objects.get(number="CS-066")
    new_version(clause, valid_from=TODAY + timedelta(days=1), note="试行", by=chenjing(), at=NOON, points=-1)
    draft_version(Clause.objects.get(number="CS-067"), by=zhaomin(), at=NOON)
    assert numbers(read("/rulebook/?tab=drafts")) == {"CS-067"}
    assert "第 2 版自 2026-11-21 起" in read("/rulebook/?q=CS-066")


def test_coverage_counts_every_clause_once(agent):
    table = coverage(on=TODAY)
    total = {kind: sum(row[kind] for row in table.values()) for kind in (SYSTEM, PEOPLE, COMING)}
    assert sum(total.values()) == Clause.objects.count()
    assert {department: row[SYSTEM] for department, row in table.items()} == {
        department: len(watched(department)) for department in table
    }
    assert total[PEOPLE] == Clause.objects.filter(machine="form").count()
    assert total[COMING] >= len(detectors_to_come()) > 0


def test_pages_take_a_constant_number_of_queries(client, agent, read):
    read("/rulebook/ORD-016/")

    def queries(address):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    few = {address: queries(address) for address in ("/rulebook/?q=ORD-016", "/rulebook/ORD-016/")}
    many = {address: queries(address) for address in ("/rulebook/?size=200", "/rulebook/whole/")}
    assert max(many.values()) <= few["/rulebook/?q=ORD-016"] + 1, (few, many)
    assert max(*few.values(), *many.values()) <= 16, (few, many)


def test_the_page_of_a_clause_tells_what_comes_and_what_happened(read, agent):
    note("2026-11-18 10:00", by=agent)
    note("2026-11-19 17:00", by=agent)
    tally_day(date(2026, 11, 19), at=NOON)
    text = read("/rulebook/ORD-016/")
    for words in (
        "最近 90 天案件",
        "24 小时内将超期",
        "无审核人时由客服主管承担",
        "每次",
        "7 天内可申诉",
        "对照下一工作日期限",
    ):
        assert words in text, words
    assert "由 ORD-016 检测" in read("/rulebook/ORD-015/")
    assert f"缺少记录：{detectors_to_come()[TO_COME[0]].missing_zh}" in read(f"/rulebook/{TO_COME[0]}/")
    assert "由人上报并附证据，另一人确认" in read("/rulebook/GOV-011/")


def test_a_dropped_clause_has_its_page_and_its_tab(read):
    Clause.objects.filter(number="RISK-012").update(dropped_on=TODAY)
    assert numbers(read("/rulebook/?tab=gone")) == {"RISK-012"}
    assert "RISK-012" not in read("/rulebook/?tab=all&q=RISK")
    assert "自 2026-11-20 起规章文件中已没有此条款" in read("/rulebook/RISK-012/")


def test_the_whole_rulebook_is_one_page_by_regulation_in_both_languages(read):
    text = read("/rulebook/whole/")
    assert len(numbers(text)) == 121
    assert "解释：流程管理组" in text
    english = read("/rulebook/whole/", language="en")
    assert "Rules for running processes" in english
    assert "{" not in english.split("<main", 1)[1].split("</main", 1)[0]


def test_list_clauses_prints_every_clause_with_price_and_detector(agent, capsys):
    call_command("list_clauses", "--json")
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    clauses = {one["id"]: one for one in said["clauses"]}
    assert len(clauses) == 121
    assert clauses["ORD-016"] == {
        "id": "ORD-016",
        "kind": "penalty",
        "points": -3,
        "detector": "warehouse.late_dispatch",
        "version": 1,
        "valid_from": "2000-01-01",
    }
    assert clauses["CS-053"]["points"] == -1.5
    form = set(Clause.objects.filter(machine="form").values_list("number", flat=True))
    assert {number for number, one in clauses.items() if one["detector"] is None} == form
    assert set(TO_COME) <= set(said["to_come"])
    assert not {"ORD-015", "ORD-016", "GOV-011"} & set(said["to_come"])


def test_list_clauses_prints_a_table_for_people(agent, capsys):
    call_command("list_clauses")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 121
    name = f"{detectors_to_come()[TO_COME[0]].detector} (to come)"
    assert any(TO_COME[0] in line and name in line for line in lines)


def test_words_of_all_clauses_take_five_queries(agent, django_assert_num_queries):
    with django_assert_num_queries(5):
        assert len(clauses_in_words(on=TODAY)) == 121
