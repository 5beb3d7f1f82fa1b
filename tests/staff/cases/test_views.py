"""Pages of cases, appeals, excuses and points: who sees what, what they post, and how many questions lists ask."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shopops.kit.clock import now
from shopops.kit.worklists import WORKLISTS
from staff.actions.appeals import answer_appeal, file_appeal
from staff.actions.cases import confirm_case, report_case
from staff.actions.excuses import enter_excuse
from staff.models import Appeal, CaseReport, Excuse, Offence
from staff.queries.funds import fund_by_month, fund_of
from staff.queries.points import month_span
from staff.states import AppealState, CaseState, ExcuseKind, Verdict
from tests.factories.cases import charge, clause_of, png, points_of


@pytest.fixture
def today():
    """This moment: the pages read the clock."""
    return now()


def report(cast, number="DATA-018", *, at, who="lina", by="zhaomin", **values):
    """Return a case reported now."""
    return report_case(
        clause=clause_of(number), employee=cast[who], happened_at=at, text="外传日报", by=cast[by], at=at, **values
    )


def test_from_charge_to_verdict_on_the_pages(cast, client, today):
    offence = charge(cast["lina"], found=today - timedelta(hours=1))
    client.force_login(cast["lina"])
    page = client.get(offence.get_absolute_url()).content.decode()
    assert "提交申诉" in page
    assert "还剩 7 天" in page
    assert "还可申诉 7 天" in client.get("/points/").content.decode()
    answer = client.post(
        f"/points/offences/{offence.pk}/appeal/", {"text": "快递停收", "evidence": [png(), png("二.png")]}
    )
    appeal = Appeal.objects.get()
    assert answer["Location"] == appeal.get_absolute_url()
    assert appeal.files.count() == 2
    mine = client.get("/points/").content.decode()
    assert "本月暂计分" in mine
    assert "申诉中" in mine
    page = client.get(appeal.get_absolute_url()).content.decode()
    assert "提交裁定" not in page

    client.force_login(cast["hejie"])
    assert "提交裁定" in client.get(appeal.get_absolute_url()).content.decode()
    client.post(f"/appeals/{appeal.pk}/answer/", {"verdict": "reduce", "left": "1", "text": "一半责任"})
    appeal.refresh_from_db()
    assert (appeal.state, appeal.points) == (AppealState.ANSWERED, -1)

    client.force_login(cast["lina"])
    assert "提交评议组" in client.get(appeal.get_absolute_url()).content.decode()
    client.post(f"/appeals/{appeal.pk}/acceptance/")
    assert points_of(offence) == -1
    assert "−1" in client.get("/points/").content.decode()


def test_the_panel_judges_on_the_page_without_seeing_what_others_said(cast, client, today):
    appeal = file_appeal(charge(cast["lina"], found=today), text="不对", by=cast["lina"], at=today)
    answer_appeal(appeal, verdict=Verdict.UPHOLD, text="照章", by=cast["hejie"], at=today)
    client.force_login(cast["lina"])
    client.post(f"/appeals/{appeal.pk}/panel/")
    client.force_login(cast["xujing"])
    client.post(f"/appeals/{appeal.pk}/opinion/", {"verdict": "withdraw", "text": "停收属实可查"})
    for name in ("chenjing", "lina"):
        client.force_login(cast[name])
        for address in (appeal.get_absolute_url(), appeal.offence.get_absolute_url()):
            assert "停收属实可查" not in client.get(address).content.decode()
    client.force_login(cast["chenjing"])
    client.post(f"/appeals/{appeal.pk}/opinion/", {"verdict": "withdraw", "text": "同意"})
    client.force_login(cast["lina"])
    assert "停收属实可查" in client.get(appeal.get_absolute_url()).content.decode()


def test_a_verdict_is_read_by_others_without_names_and_open_appeals_not_at_all(cast, client, today):
    appeal = file_appeal(charge(cast["lina"], found=today), text="李娜没有错", by=cast["lina"], at=today)
    client.force_login(cast["wangqiang"])
    assert client.get(appeal.get_absolute_url()).status_code == 404
    answer_appeal(appeal, verdict=Verdict.WITHDRAW, text="何洁查过", by=cast["hejie"], at=today)
    page = client.get(appeal.get_absolute_url()).content.decode()
    assert "□□没有错" in page
    assert "□□查过" in page
    assert "李娜" not in page
    listed = client.get("/appeals/verdicts/").content.decode()
    assert "□□没有错" in listed
    assert "李娜" not in listed
    assert client.get(appeal.offence.get_absolute_url()).status_code == 403


def test_a_case_is_reported_from_a_clause_and_decided_by_a_second_person(cast, client, today):
    client.force_login(cast["hejie"])
    page = client.get("/cases/new/?clause=CAT-060&employee=" + str(cast["mating"].pk)).content.decode()
    assert "产品素材" in page
    assert 'value="grave"' in page
    assert "严重" in client.get("/cases/new/terms/?clause=CAT-060").content.decode()
    assert 'max="10"' in client.get("/cases/new/terms/?clause=STF-144").content.decode()
    sent = {
        "clause": "CAT-060",
        "employee": cast["mating"].pk,
        "happened_at": "2026-11-02T10:00",
        "grade": "grave",
        "text": "素材一直没有收集",
        "evidence": png(),
    }
    answer = client.post("/cases/new/", {**sent, "text": ""})
    assert answer.status_code == 200
    assert not CaseReport.objects.exists()
    assert client.post("/cases/new/", {**sent, "evidence": png()}).status_code == 302
    case = CaseReport.objects.get()
    assert (case.points, case.files.count()) == (-3, 1)
    assert client.post(f"/cases/{case.pk}/confirmation/").status_code == 409
    assert not Offence.objects.exists()
    client.force_login(cast["chenjing"])
    page = client.get(case.get_absolute_url()).content.decode()
    assert "确认并记 −3" in page
    client.post(f"/cases/{case.pk}/confirmation/", {"answer": "属实"})
    offence = Offence.objects.get()
    client.force_login(cast["mating"])
    page = client.get(offence.get_absolute_url()).content.decode()
    assert "聊天截图.png" in page
    own = client.get(case.get_absolute_url()).content.decode()
    assert "何洁" not in own.split("<main")[1]


@pytest.mark.parametrize(
    ("field", "value"),
    [("happened_at", "yesterday"), ("employee", "999999"), ("clause", "XX-1"), ("points", "abc"), ("text", "a\x00b")],
)
def test_whatever_is_typed_into_a_report_is_answered_with_a_sentence(cast, client, field, value):
    client.force_login(cast["hejie"])
    sent = {"clause": "DATA-018", "employee": cast["lina"].pk, "happened_at": "2026-11-02T10:00", "text": "x"}
    answer = client.post("/cases/new/", {**sent, field: value})
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()


@pytest.mark.parametrize(
    "query", ["", "?clause=XX", "?clause=CS-061&happened_at=never", "?clause=CS-061&happened_at=1990-01-01T00:00"]
)
def test_the_terms_of_a_clause_never_break(cast, client, query):
    client.force_login(cast["hejie"])
    assert client.get(f"/cases/new/terms/{query}").status_code == 200
    assert client.get(f"/cases/new/{query}").status_code == 200


def test_a_damaged_file_is_a_sentence_and_files_no_appeal(cast, client, today):
    offence = charge(cast["lina"], found=today)
    client.force_login(cast["lina"])
    answer = client.post(
        f"/points/offences/{offence.pk}/appeal/",
        {"text": "不对", "evidence": SimpleUploadedFile("图.png", b"\x89PNG\r\n\x1a\nbroken")},
        headers={"referer": f"http://testserver{offence.get_absolute_url()}"},
    )
    assert answer.status_code == 302
    assert "已损坏" in client.get(offence.get_absolute_url()).content.decode()
    assert not Appeal.objects.exists()


def test_waivers_above_the_limit_go_to_a_second_person(cast, client, today):
    small, large = charge(cast["lina"], found=today), charge(cast["lina"], "DATA-018", found=today, facts={})
    client.force_login(cast["hejie"])
    client.post(f"/points/offences/{small.pk}/waiver/", {"reason": "停运"})
    client.post(f"/points/offences/{large.pk}/waiver/", {"reason": "误报", "evidence": png()})
    assert (points_of(small), points_of(large)) == (0, -10)
    case = CaseReport.objects.get()
    assert "免除申请正等第二人确认" in client.get(large.get_absolute_url()).content.decode()
    client.force_login(cast["chenjing"])
    client.post(f"/cases/{case.pk}/confirmation/")
    assert points_of(large) == 0


def test_an_objective_cause_is_entered_on_the_page_of_the_offence(cast, client, today):
    offence = charge(cast["lina"], "CS-061", found=today)
    client.force_login(cast["hejie"])
    assert "登记客观原因" in client.get(offence.get_absolute_url()).content.decode()
    client.post(f"/points/offences/{offence.pk}/excuse/", {"reason": "误评"})
    excuse = Excuse.objects.get()
    client.force_login(cast["chenjing"])
    assert offence.subject_label in client.get(excuse.get_absolute_url()).content.decode()
    client.post(f"/excuses/{excuse.pk}/confirmation/")
    assert points_of(offence) == 0
    assert "客观原因" in client.get(offence.get_absolute_url()).content.decode()


def test_an_excuse_is_entered_and_refused_on_its_pages(cast, client):
    client.force_login(cast["hejie"])
    assert client.get("/excuses/new/").status_code == 200
    sent = {"kind": "leave", "starts_at": "2026-11-02T00:00", "ends_at": "2026-11-03T00:00", "reason": "事假"}
    assert "指明是谁" in client.post("/excuses/new/", sent).content.decode()
    assert client.post("/excuses/new/", {**sent, "employee": cast["lina"].pk}).status_code == 302
    excuse = Excuse.objects.get()
    client.force_login(cast["chenjing"])
    client.post(f"/excuses/{excuse.pk}/refusal/", {"reason": "没有审批单"})
    excuse.refresh_from_db()
    assert excuse.refused_at


def test_cases_are_decided_in_batches_except_ones_own(cast, client, today):
    other, mine = report(cast, at=today), report(cast, at=today, by="chenjing")
    client.force_login(cast["chenjing"])
    listed = client.get("/cases/?tab=waiting").content.decode()
    assert listed.count("DATA-018") >= 2
    from staff.views.cases import CASES_PAGE

    action = next(one for one in CASES_PAGE.batch if one.key == "confirmation")
    refused = action.run([other.pk, mine.pk], by=cast["chenjing"], at=today, answer="")
    assert list(refused) == [mine.pk]
    other.refresh_from_db()
    assert other.state == CaseState.CONFIRMED


@pytest.mark.parametrize(
    "address",
    [
        "/cases/?tab=all",
        "/appeals/?tab=all",
        "/appeals/verdicts/",
        "/excuses/?tab=all",
        "/points/all/",
        "/points/fund/",
    ],
)
def test_a_list_asks_as_often_for_one_row_as_for_three(cast, client, today, address):
    def grow(who: str) -> None:
        confirm_case(report(cast, "GOV-013", who=who, at=today), by=cast["chenjing"], at=today)
        appeal = file_appeal(charge(cast[who], found=today), text="不对", by=cast[who], at=today)
        answer_appeal(appeal, verdict=Verdict.WITHDRAW, text="属实", by=cast["hejie"], at=today)
        enter_excuse(
            ExcuseKind.LEAVE, starts_at=today, ends_at=today + timedelta(days=1), reason="假", employee=cast[who],
            by=cast["hejie"], at=today,
        )  # fmt: skip

    client.force_login(cast["chenjing"])
    grow("lina")
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as one:
        assert client.get(address).status_code == 200
    grow("sunyue")
    grow("zhouqian")
    with CaptureQueriesContext(connection) as three:
        client.get(address)
    assert len(three) <= len(one) + 1  # the session may be written


def test_the_fund_is_summed_by_month_and_centre(cast, today):
    for who in ("lina", "sunyue", "xujing"):
        confirm_case(report(cast, "GOV-013", who=who, at=today), by=cast["chenjing"], at=today)
    confirm_case(report(cast, "GOV-015", at=today), by=cast["chenjing"], at=today)
    offence = Offence.objects.get(employee=cast["sunyue"])
    file_appeal(offence, text="不对", by=cast["sunyue"], at=today)
    first, last = month_span(offence.day)
    fund = fund_of(first=first, last=last)
    assert [(one.name, one.paid, one.frozen, one.people) for one in fund.centres] == [
        ("人力资源部", 50, 0, 1),
        ("电商部", 50, 50, 2),
    ]
    assert (fund.paid, fund.frozen, fund.granted) == (100, 50, 10)
    assert fund_by_month(first=first, last=last) == {first: Decimal(100)}


def test_my_work_says_what_waits_for_whom(cast, today):
    appeal = file_appeal(charge(cast["lina"], found=today), text="不对", by=cast["lina"], at=today)
    report(cast, at=today)
    enter_excuse(
        ExcuseKind.OUTAGE,
        starts_at=today,
        ends_at=today + timedelta(hours=1),
        reason="断网",
        by=cast["hejie"],
        at=today,
    )

    def waits(name: str, who: str) -> int:
        return WORKLISTS[name].waiting(cast[who].pk, today).count

    assert [waits("staff.appeals_to_judge", who) for who in ("hejie", "chenjing", "lina")] == [1, 0, 0]
    assert [waits("staff.cases_to_decide", who) for who in ("hejie", "zhaomin", "lina")] == [1, 0, 0]
    assert [waits("staff.excuses_to_confirm", who) for who in ("chenjing", "hejie")] == [1, 0]
    answer_appeal(appeal, verdict=Verdict.UPHOLD, text="照章", by=cast["hejie"], at=today)
    assert [waits("staff.verdicts_to_accept", who) for who in ("lina", "hejie")] == [1, 0]
    assert waits("staff.appeals_on_panel", "chenjing") == 0
