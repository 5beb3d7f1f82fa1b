"""Where the report a duty owes is found, by whom; problems answered together."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from shopops.kit.lists import Reader
from shopops.kit.refusals import Refused
from staff.actions.problems import confirm_problem, raise_problem, solve_problem
from staff.actions.work_reports import hand_in_report
from staff.models import WorkReport
from staff.queries.problems import unconfirmable, unsolvable
from staff.states import WorkReportKind
from staff.views.problems import PROBLEMS_PAGE
from tests.factories.duty import a_duty
from tests.factories.staff import NOON
from tests.staff.duty.conftest import MONDAY

LAST_MONDAY = MONDAY - timedelta(days=7)


@pytest.fixture
def duty(lina):
    return a_duty(lina, LAST_MONDAY + timedelta(days=1), "early")


def page(duty, kind=WorkReportKind.SALES_DAY):
    return reverse("staff:duty_report", args=[duty.pk, kind])


def test_a_report_that_was_handed_in_late_opens_for_its_author_and_the_leader(client, duty, lina, hejie):
    report = hand_in_report(WorkReportKind.SALES_DAY, duty.day, text="平稳", plan="", by=lina, at=NOON)
    for person in (lina, hejie):
        client.force_login(person)
        assert client.get(page(duty)).url == reverse("staff:work_report", args=[report.pk])


def test_a_missing_report_leads_its_author_to_writing_it(client, duty, lina):
    client.force_login(lina)
    assert client.get(page(duty)).url == f"{reverse('staff:work_report_new')}?kind=sales_day&day={duty.day}"
    week = client.get(page(duty, WorkReportKind.WEEK)).url
    assert week == f"{reverse('staff:work_report_new')}?kind=week&day={LAST_MONDAY}"


def test_a_missing_report_leads_the_leader_to_that_persons_reports_of_the_day(client, duty, lina, sunyue, hejie):
    hand_in_report(WorkReportKind.SALES_DAY, duty.day, text="孙悦的日报", plan="", by=sunyue, at=NOON)
    client.force_login(hejie)

    answer = client.get(page(duty), follow=True)
    assert answer.redirect_chain[0][0].startswith(reverse("staff:work_reports"))
    assert "李娜" in answer.text
    assert "孙悦的日报" not in answer.text

    WorkReport.objects.update(employee=lina, kind=WorkReportKind.FIGURES_DAY, text="李娜的数据")
    assert "李娜的数据" not in client.get(page(duty), follow=True).text


def test_colleagues_are_led_to_the_duty_only_and_unknown_kinds_to_nothing(client, duty, lina, sunyue):
    hand_in_report(WorkReportKind.SALES_DAY, duty.day, text="平稳", plan="", by=lina, at=NOON)
    client.force_login(sunyue)
    assert client.get(page(duty)).url == reverse("staff:duty", args=[duty.pk])
    assert client.get(page(duty, "novel")).status_code == 404


def test_problems_are_solved_and_confirmed_together_by_whom_they_are_with(lina, sunyue, hejie, chenjing):
    first, second = (raise_problem(text, "每天", by=one, at=NOON) for one, text in ((lina, "缺货"), (sunyue, "卡纸")))
    keys = [first.pk, second.pk]
    solution, confirmation = PROBLEMS_PAGE.batch

    assert set(unsolvable(keys, Reader(chenjing, NOON))) == set(keys)
    assert unsolvable(keys, Reader(hejie, NOON)) == {}
    assert not solution.run(keys, by=hejie, at=NOON, solution="已补货、已换机")
    assert set(unconfirmable(keys, Reader(lina, NOON))) == {second.pk}
    assert set(confirmation.run(keys, by=lina, at=NOON)) == {second.pk}


def test_confirming_twice_says_that_it_is_done_already(lina, hejie):
    problem = raise_problem("缺货", "每天", by=lina, at=NOON)
    solve_problem(problem, solution="已补货", by=hejie, at=NOON)
    confirm_problem(problem, by=lina, at=NOON)
    with pytest.raises(Refused, match="已是“已确认”"):
        confirm_problem(problem, by=lina, at=NOON)
