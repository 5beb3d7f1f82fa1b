"""Doing one thing to many rows, and carrying rows away: previews, refusals row by row, the background, the trail."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils.html import escape

from shopops.kit.clock import now
from shopops.kit.lists import batches
from shopops.kit.spreadsheets import open_spreadsheet
from staff.actions.jobs import run_job
from staff.models import Employee, Event, JobRun
from staff.states import JobState
from tests.kit.lists.people import make_people

pytestmark = pytest.mark.django_db
URL = "/kit/people/batches/"


@pytest.fixture
def manager(at, client, chen_jing):
    """A browser in which 陈静 is logged in."""
    at(chen_jing)
    return client


def ids(people: list[Employee]) -> str:
    return ",".join(str(one.pk) for one in people)


def test_a_preview_says_what_will_happen_and_changes_nothing(manager):
    people = make_people(3)
    gone = make_people(2, first=10, is_active=False)

    page = manager.post(
        URL, {"action": "farewell", "id": [one.pk for one in people + gone]}, headers={"HX-Request": "true"}
    ).content.decode()

    assert "<b>3</b>将处理" in page
    assert "<b>2</b>将跳过" in page
    assert "<span>已离职</span><b>2</b>" in page
    assert f'name="id" value="{ids(people)}"' in page
    assert Employee.objects.filter(left_on__isnull=False).count() == 0


def test_every_row_gets_its_own_answer_and_the_events_share_a_batch(manager, chen_jing):
    people = make_people(3)
    Employee.objects.filter(pk=people[1].pk).update(is_active=False)

    page = manager.post(
        URL, {"action": "farewell", "confirmed": "1", "id": ids(people), "reason": "合同到期"}
    ).content.decode()

    assert "<b>2</b>成功" in page
    assert "<b>1</b>失败" in page
    assert escape("员工00002 已离职") in page
    assert f'name="id" value="{people[1].pk}"' in page, "the failed one can be tried again"
    assert 'name="reason" value="合同到期"' in page
    events = Event.objects.filter(verb="staff.farewell")
    assert {event.subject_id for event in events} == {people[0].pk, people[2].pk}
    assert len({event.batch for event in events}) == 1
    assert events[0].batch is not None
    assert events[0].by == chen_jing


def test_a_form_that_is_not_filled_in_comes_back_with_the_preview(manager):
    people = make_people(2)

    page = manager.post(URL, {"action": "farewell", "confirmed": "1", "id": ids(people)}).content.decode()

    assert "errorlist" in page
    assert "<b>2</b>将处理" in page
    assert Employee.objects.filter(is_active=False).count() == 0


def test_all_rows_of_the_filter_are_taken_and_no_others(manager):
    make_people(30)
    others = make_people(2, first=900, is_active=False)

    page = manager.post(
        URL, {"action": "greeting", "every": "1", "query": "tab=here&name=员工&size=20", "id": [others[0].pk]}
    ).content.decode()

    assert "<b>30</b>将处理" in page
    assert str(others[0].pk) not in re.search(r'name="id" value="([^"]*)"', page)[1].split(",")


def test_rows_the_reader_may_not_see_are_left_alone(manager):
    ghost = Employee.objects.create(username="ghost", employee_number="G1", name="鬼")
    manager.post(URL, {"action": "farewell", "confirmed": "1", "id": str(ghost.pk), "reason": "x"})

    ghost.refresh_from_db()
    assert ghost.is_active


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"action": "greeting"}, "没有勾选任何行"),
        ({"action": "greeting", "id": "abc,-1,1e9"}, "没有勾选任何行"),
        ({"action": "nonsense", "id": "1"}, "没有这项操作的权限"),
        ({"action": "greeting", "every": "1", "query": "hired_from=nonsense"}, "筛选条件无法识别"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(manager, values, sentence):
    answer = manager.post(URL, values)

    assert answer.status_code == 409
    assert sentence in answer.content.decode()


def test_an_action_wants_its_permission(at, client, li_na):
    person = make_people(1)[0]
    at(li_na)

    answer = client.post(URL, {"action": "farewell", "confirmed": "1", "id": str(person.pk), "reason": "x"})

    assert answer.status_code == 409
    person.refresh_from_db()
    assert person.is_active


def test_more_rows_than_a_batch_holds_are_refused(manager, monkeypatch):
    make_people(4)
    monkeypatch.setattr(batches, "MOST_ROWS", 3)

    answer = manager.post(URL, {"action": "greeting", "every": "1", "query": "tab=here"})

    assert "超过 3 行" in answer.content.decode()


def test_what_cannot_be_undone_wants_the_number_typed(manager):
    gone = make_people(2, is_active=False)
    asked = manager.post(URL, {"action": "removal", "confirmed": "1", "id": ids(gone), "typed_count": "3"})
    done = manager.post(URL, {"action": "removal", "confirmed": "1", "id": ids(gone), "typed_count": "2"})

    assert "请输入行数 2 以继续" in asked.content.decode()
    assert "<b>2</b>成功" in done.content.decode()


def test_many_rows_are_done_in_the_background_with_a_result_for_each(manager, monkeypatch, chen_jing):
    monkeypatch.setattr(batches, "AT_ONCE", 3)
    people = make_people(5)

    page = manager.post(URL, {"action": "farewell", "confirmed": "1", "id": ids(people), "reason": "合同到期"})
    run = JobRun.objects.get(job="lists.batch")
    assert "5 行正在后台处理" in page.content.decode()
    assert Employee.objects.filter(is_active=False).count() == 0

    Employee.objects.filter(pk=people[0].pk).update(is_active=False)
    run_job(run, at=now())

    run.refresh_from_db()
    assert run.state == JobState.DONE, run.sentence
    assert (run.result["done"], run.result["failed"]) == (4, 1)
    assert (run.done, run.total) == (5, 5)
    assert {str(event.batch) for event in Event.objects.filter(verb="staff.farewell")} == {run.result["batch"]}
    result = manager.get(run.result["url"]).content.decode()
    assert "<b>4</b>成功" in result
    assert escape("员工00001 已离职") in result
    assert 'name="reason" value="合同到期"' in result


def test_the_result_of_somebody_elses_batch_is_not_shown(manager, li_na):
    run = JobRun.objects.create(job="lists.batch", asked_by=li_na, asked_at=now(), state=JobState.DONE)

    assert manager.get(f"/kit/people/batches/{run.pk}/").status_code == 404


def test_a_batch_whose_permission_was_taken_away_meanwhile_stops(manager, monkeypatch, chen_jing):
    monkeypatch.setattr(batches, "AT_ONCE", 1)
    people = make_people(3)
    manager.post(URL, {"action": "farewell", "confirmed": "1", "id": ids(people), "reason": "x"})
    chen_jing.user_permissions.clear()

    run = JobRun.objects.get(job="lists.batch")
    run_job(run, at=now())

    run.refresh_from_db()
    assert run.state == JobState.FAILED
    assert "没有这项操作的权限" in run.sentence
    assert Employee.objects.filter(is_active=False).count() == 0


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_an_export_holds_exactly_the_rows_of_the_filter_in_their_order(at, client, li_na, kind, monkeypatch):
    monkeypatch.setattr("shopops.kit.lists.exports.PIECE", 7)
    make_people(20)
    make_people(5, first=50, is_active=False)
    at(li_na)

    answer = client.post("/kit/people/exports/", {"query": "tab=here&name=员工&sort=-number&after=x", "kind": kind})
    run = JobRun.objects.get(job="lists.export")
    run_job(run, at=now())

    run.refresh_from_db()
    assert answer.status_code == 302
    assert run.state == JobState.DONE, run.sentence
    assert run.result["rows"] == 20
    assert run.file_name.startswith("名册_")
    assert run.file_name.endswith(f"_李娜.{kind}")
    (sheet,) = open_spreadsheet(Path(run.file.path), name=run.file_name)
    rows = [row for batch in sheet.batches() for row in batch.rows]
    assert [str(cell) for cell in rows[0]] == ["姓名", "工号", "入职", "首字"]
    assert [str(row[1]) for row in rows[1:]] == [f"P{number:05}" for number in range(20, 0, -1)]
    event = Event.objects.get(verb="staff.list_exported")
    assert event.by == li_na
    assert "name=%E5%91%98%E5%B7%A5" in event.reason
    run.file.delete(save=False)


def test_an_export_of_a_filter_that_is_not_understood_is_refused(at, client, li_na):
    at(li_na)

    answer = client.post("/kit/people/exports/", {"query": "hired_from=nonsense"})

    assert answer.status_code == 409
    assert not JobRun.objects.exists()


def test_htmx_is_told_by_a_toast(manager):
    refused = manager.post(URL, {"action": "greeting"}, headers={"HX-Request": "true"})
    started = manager.post("/kit/people/exports/", {"query": ""}, headers={"HX-Request": "true"})

    assert refused.status_code == 409
    assert '"toast"' in refused["HX-Trigger"]
    assert started.status_code == 204
    assert '"work-started"' in started["HX-Trigger"]
