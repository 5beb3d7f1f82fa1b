"""The pages of trials: what a draft or a replay would change, for whom, and who books it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext as _

from shopops.kit.worklists import WORKLISTS
from staff.actions.drafts import draft_version
from staff.actions.tally import tally_day
from staff.actions.trials import run_trial, start_trial
from staff.models import Clause, Employee, Offence, PointEntry, Trial
from staff.queries.trials import cases_by_shift, charged_on_trial, outcome_of
from staff.states import TrialKind, TrialState
from tests.factories.clauses import new_version
from tests.factories.rulebook import at, chenjing, lina, note, open_book, zhaomin
from tests.factories.staff import EmployeeFactory, OrgUnitFactory, employee_with

FRIDAY, NIGHT, SATURDAY = date(2026, 11, 20), at("2026-11-21 00:30"), at("2026-11-21 09:00")
MAY = ("staff.run_trial", "staff.view_trial", "staff.draft_clause")


@pytest.fixture(autouse=True)
def _saturday():
    with time_machine.travel(SATURDAY, tick=False):
        yield


@pytest.fixture
def friday(db) -> SimpleNamespace:
    """Friday's tally: 李娜 let one parcel leave late, 王强 of the warehouse two."""
    open_book()
    agent = EmployeeFactory(username="lina", name="李娜", unit=OrgUnitFactory())
    other = EmployeeFactory(
        username="wangqiang", name="王强", unit=OrgUnitFactory(code="warehouse", name="仓储部", name_en="Warehouse")
    )
    notes = [note("2026-11-19 10:00", by=agent, shipped="2026-11-21 08:00")]
    notes += [note("2026-11-19 11:00", by=other) for _number in range(2)]
    tally_day(FRIDAY, at=NIGHT)
    return SimpleNamespace(agent=agent, other=other, notes=notes)


@pytest.fixture
def analyst(db) -> Employee:
    """数据分析员 赵敏."""
    return employee_with(*MAY, "staff.view_pointentry", username="zhaomin", name="赵敏")


@pytest.fixture
def head(db) -> Employee:
    """店长 陈静."""
    return employee_with(*MAY, "staff.view_pointentry", "staff.approve_replay", username="chenjing", name="陈静")


@pytest.fixture
def enter(client):
    """Return a function that logs somebody in."""

    def log_in(employee: Employee):
        client.force_login(employee, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return log_in


def text_of(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def tunnel(**terms) -> Trial:
    clause = Clause.objects.get(number="ORD-016")
    draft = draft_version(clause, by=zhaomin(), at=SATURDAY, note="试试", **terms)
    trial = start_trial(TrialKind.TUNNEL, first=FRIDAY, last=FRIDAY, versions=[draft], by=zhaomin(), at=SATURDAY)
    run_trial(trial, at=SATURDAY)
    return Trial.objects.get(pk=trial.pk)


def replay(*, is_dearer: bool = False) -> Trial:
    versions = []
    if is_dearer:
        clause = Clause.objects.get(number="ORD-016")
        moment = at("2026-11-20 12:00")
        day = date(2026, 11, 21)
        versions = [new_version(clause, valid_from=day, by=chenjing(), at=moment, points=Decimal(-5), note="加重")]
    trial = start_trial(
        TrialKind.REPLAY, first=FRIDAY, last=FRIDAY, versions=versions, reason="核对", by=zhaomin(), at=SATURDAY
    )
    run_trial(trial, at=SATURDAY)
    return Trial.objects.get(pk=trial.pk)


def test_an_outcome_adds_up_by_person_team_and_shift(friday):
    trial = tunnel(points=Decimal(-1))
    outcome = outcome_of(trial)
    assert {one.employee.name: one.difference for one in outcome.people} == {"李娜": 2, "王强": 4}
    assert {team.name: (team.people, team.difference) for team in outcome.teams} == {"客服部": (1, 2), "仓储部": (1, 4)}
    assert (outcome.was, outcome.will) == (Decimal(-9), Decimal(-3))
    assert (len(outcome.winners), len(outcome.losers)) == (2, 0)
    assert not any(one.more or one.fewer for one in cases_by_shift(trial))


def test_cases_that_vanish_are_counted_in_the_shift_they_happened_in(friday):
    trial = tunnel(parameters={"working_days": 3, "fallback_post": "STF-073"})
    assert [one.fewer for one in cases_by_shift(trial)] == [3, 0, 0, 0]  # the limit is midnight
    assert outcome_of(trial).cases_gone == 3


def test_whom_a_trial_charges_is_told_even_where_the_books_say_the_same(friday, analyst, enter):
    trial = tunnel(points=Decimal(-3))
    assert not outcome_of(trial).people
    charged = [(one.employee.name, one.cases, one.points) for one in charged_on_trial(trial)]
    assert charged == [("王强", 2, Decimal(-6)), ("李娜", 1, Decimal(-3))]
    page = text_of(enter(analyst).get(trial.get_absolute_url()))
    assert "试算应扣的案例，共 −9 分" in page
    assert "试算中谁会被扣分" in page


def test_a_case_that_would_not_happen_says_so(friday, analyst, enter):
    trial = tunnel(parameters={"working_days": 3, "fallback_post": "STF-073"})
    page = text_of(enter(analyst).get(f"/trials/{trial.pk}/people/{friday.agent.pk}/"))
    assert "不再发生" in page
    assert charged_on_trial(trial) == []


def test_a_tunnel_page_shows_charts_before_tables_and_opens_to_the_documents(friday, analyst, enter):
    trial = tunnel(points=Decimal(-1))
    client = enter(analyst)
    page = text_of(client.get(trial.get_absolute_url()))
    assert page.index('<svg class="chart-wide') < page.index("outcome-tables")
    for words in ("+6", "李娜", "王强", "仓储部", "+4"):
        assert words in page, words
    person = text_of(client.get(f"/trials/{trial.pk}/people/{friday.agent.pk}/"))
    assert friday.notes[0].number in person
    address = Offence.objects.get(subject_label=friday.notes[0].number, clause__number="ORD-016").url
    assert f'href="{address}"' in person
    assert "账上记录" in person
    assert friday.notes[1].number not in person


def test_names_are_only_for_those_who_may_see_points(friday, enter):
    trial = tunnel(points=Decimal(-1))
    client = enter(employee_with(*MAY, username="sunyue", name="孙悦"))
    page = text_of(client.get(trial.get_absolute_url()))
    assert "李娜" not in page
    assert "仓储部" in page
    assert client.get(f"/trials/{trial.pk}/people/{friday.agent.pk}/").status_code == 403


def test_a_page_takes_the_same_queries_for_one_person_and_for_three(friday, analyst, enter):
    client = enter(analyst)

    def queries(trial: Trial) -> int:
        client.get(trial.get_absolute_url())
        with CaptureQueriesContext(connection) as asked:
            assert client.get(trial.get_absolute_url()).status_code == 200
        return len(asked)

    two = queries(tunnel(points=Decimal(-1)))
    for name in ("zhouqian", "wufang"):
        note("2026-11-19 12:00", by=EmployeeFactory(username=name, name=name, unit=friday.agent.unit))
    tally_day(FRIDAY, at=NIGHT)
    assert queries(tunnel(points=Decimal(-1))) == two


def test_the_list_takes_the_same_queries_for_one_trial_and_for_three(friday, analyst, enter):
    client = enter(analyst)

    def queries() -> int:
        client.get("/trials/?tab=all")
        with CaptureQueriesContext(connection) as asked:
            page = text_of(client.get("/trials/?tab=all"))
        assert "ORD-016" in page
        return len(asked)

    tunnel(points=Decimal(-1))
    one = queries()
    tunnel(points=Decimal(-2))
    replay()
    assert queries() == one
    assert "核对" in text_of(client.get("/trials/?tab=waiting"))


def test_a_running_trial_tells_how_far_it_is_and_reloads_when_it_is_over(friday, analyst, enter):
    client = enter(analyst)
    draft = draft_version(
        Clause.objects.get(number="ORD-016"), by=zhaomin(), at=SATURDAY, points=Decimal(-1), note="试试"
    )
    trial = start_trial(TrialKind.TUNNEL, first=FRIDAY, last=FRIDAY, versions=[draft], by=zhaomin(), at=SATURDAY)
    running = client.get(f"/trials/{trial.pk}/progress/", headers={"HX-Request": "true"})
    assert "every 1s" in text_of(running)
    assert "HX-Refresh" not in running.headers
    run_trial(trial, at=SATURDAY)
    over = client.get(f"/trials/{trial.pk}/progress/", headers={"HX-Request": "true"})
    assert over.headers["HX-Refresh"] == "true"
    assert "every 1s" not in text_of(over)


def test_a_replay_is_asked_for_and_answered_field_by_field(friday, analyst, enter):
    client = enter(analyst)
    assert 'value="2026-11-20"' in text_of(client.get("/trials/new/"))
    for values in (
        {"first": "2026-11-20", "last": "2026-11-19", "reason": "核对"},
        {"first": "2026-11-20", "last": "2026-11-21", "reason": "核对"},
        {"first": "2024-11-20", "last": "2026-11-20", "reason": "核对"},
        {"first": "2026-11-20", "last": "2026-11-20", "reason": " "},
        {"first": "soon", "last": "2026-11-20", "reason": "核对"},
        {"first": "2026-11-20", "last": "2026-11-20", "reason": "核对", "versions": "999999"},
    ):
        assert client.post("/trials/new/", values).status_code == 422, values
    assert not Trial.objects.exists()
    client.post("/trials/new/", {"first": "2026-11-20", "last": "2026-11-20", "reason": "核对"})
    trial = Trial.objects.get()
    assert (trial.kind, trial.state, trial.asked_by) == (TrialKind.REPLAY, TrialState.COMPUTING, analyst)


def test_two_versions_of_one_clause_are_not_replayed_together(friday, analyst, enter):
    first = Clause.objects.get(number="ORD-016").versions.get()
    replay(is_dearer=True)
    second = Clause.objects.get(number="ORD-016").versions.get(version=2)
    values = {"first": "2026-11-20", "last": "2026-11-20", "reason": "核对", "versions": [first.pk, second.pk]}
    answer = enter(analyst).post("/trials/new/", values)
    assert answer.status_code == 422
    assert str(_("Choose one version a clause.")) in answer.content.decode()


def test_an_unchanged_rulebook_replays_to_nothing_and_offers_nothing_to_book(friday, analyst, head, enter):
    trial = replay()
    page = text_of(enter(head).get(trial.get_absolute_url()))
    assert "没有差异" in page
    assert "没有可入账的差异" in page
    assert f"/trials/{trial.pk}/approval/" not in page


def test_a_second_person_books_a_replay(friday, analyst, head, enter):
    trial = replay(is_dearer=True)
    waits = WORKLISTS["staff.replays"].waiting
    assert [task.url for task in waits(head.pk, SATURDAY).tasks] == [trial.get_absolute_url()]
    assert waits(analyst.pk, SATURDAY).count == 0  # who asked
    client = enter(analyst)
    assert "须由第二人批准" in text_of(client.get(trial.get_absolute_url()))
    assert client.post(f"/trials/{trial.pk}/approval/").status_code == 403
    client = enter(head)
    assert "批准入账" in text_of(client.get(trial.get_absolute_url()))
    before = PointEntry.objects.count()
    client.post(f"/trials/{trial.pk}/approval/")
    trial.refresh_from_db()
    assert (trial.state, trial.decided_by) == (TrialState.APPROVED, head)
    assert waits(head.pk, SATURDAY).count == 0
    assert PointEntry.objects.count() > before
    assert sum(entry.points for entry in PointEntry.objects.filter(employee=friday.agent)) == Decimal(-5)
    assert "批准入账" not in text_of(client.get(trial.get_absolute_url()))


def test_whoever_asked_cannot_book_even_with_the_permission(friday, enter):
    asker = employee_with(*MAY, "staff.approve_replay", username="zhaomin", name="赵敏")
    trial = replay(is_dearer=True)
    assert trial.asked_by == asker
    enter(asker).post(f"/trials/{trial.pk}/approval/")
    trial.refresh_from_db()
    assert trial.state == TrialState.READY


def test_a_discarded_trial_stays_listed_without_its_result(friday, analyst, enter):
    trial = tunnel(points=Decimal(-1))
    client = enter(analyst)
    client.post(f"/trials/{trial.pk}/discard/")
    trial.refresh_from_db()
    assert (trial.state, trial.offences.count()) == (TrialState.DISCARDED, 0)
    page = text_of(client.get(trial.get_absolute_url()))
    assert "结果已作废" in page
    assert "李娜" not in page


@pytest.mark.parametrize("address", ["/trials/", "/trials/new/", "/trials/{0}/", "/trials/{0}/people/{1}/"])
def test_trials_are_for_those_who_may_see_them(friday, enter, address):
    trial = tunnel(points=Decimal(-1))
    client = enter(lina())
    assert client.get(address.format(trial.pk, friday.agent.pk)).status_code == 403
