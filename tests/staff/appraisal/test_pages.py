"""Pages of appraisals: who sees what, what is asked of whom, and as many queries for three people as for one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from staff.actions.appraisal_cycles import audit_cycle
from staff.actions.appraisals import object_to_result
from staff.exports.bonus_sheet import bonus_sheet
from staff.models import Appraisal, AppraisalWeight, Event, JobRun, PayTerms
from staff.states import AppraisalState, CycleState
from tests.factories.appraisal import (
    WORDS,
    at,
    charge,
    make_house,
    open_month,
    publish,
    score,
    score_everybody,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def clock(monkeypatch):
    """Stand at a moment: views ask the clock, and their house is of November 2026."""

    def stand(text: str) -> None:
        for room in ("appraisals", "appraisal_cycles", "appraisal_setup"):
            monkeypatch.setattr(f"staff.views.{room}.now", lambda: at(text))

    return stand


def as_(client, person):
    client.force_login(person)
    client.cookies["django_language"] = "en"
    return client


def of(cycle, person) -> Appraisal:
    return Appraisal.objects.select_related("cycle", "employee", "superior").get(cycle=cycle, employee=person)


def page(client, one) -> str:
    return client.get(reverse("staff:appraisal", args=[one.pk])).content.decode()


def test_a_person_files_the_superior_scores_and_the_person_sees_it_when_it_is_out(client, house, clock):
    charge(house["lina"], "-3", date(2026, 10, 20))
    cycle = open_month()
    mine = of(cycle, house["lina"])
    clock("2026-10-31 17:00")
    as_(client, house["lina"])
    assert 'name="tasks"' in page(client, mine)
    assert client.post(reverse("staff:self_review", args=[mine.pk]), {"tasks": "接待"}).status_code == 422
    assert client.post(reverse("staff:self_review", args=[mine.pk]), WORDS).status_code == 302
    clock("2026-11-03 10:00")
    as_(client, house["hejie"])
    line = mine.lines.get(kind="form")
    assert 'id="scoring"' in page(client, mine)
    form = {f"score_{line.pk}": "90", f"text_{line.pk}": "踏实", "comment": "稳定", "adjustment": "9", "reason": "多"}
    address = reverse("staff:appraisal_score", args=[mine.pk])
    assert client.post(address, form).status_code == 422
    assert client.post(address, {**form, "adjustment": "1"}).status_code == 302
    mine.refresh_from_db()
    assert (mine.state, mine.score) == (AppraisalState.SCORED, Decimal("95.90"))
    as_(client, house["lina"])
    assert "95.90" not in page(client, mine)
    assert "appears here when it is published" in page(client, mine)


def test_others_see_neither_page_nor_amounts(client, house, clock):
    cycle = open_month()
    score_everybody(cycle)
    publish(cycle, house["xujing"])
    mine = of(cycle, house["lina"])
    clock("2026-11-12 09:00")
    assert as_(client, house["sunyue"]).get(mine.get_absolute_url()).status_code == 403
    assert "¥2,328.00" in page(as_(client, house["lina"]), mine)  # 2000 x 0.97 x 1.2
    for login in ("hejie", "xujing"):
        assert "¥2,328.00" not in page(as_(client, house[login]), mine)
    amounts = reverse("staff:appraisal_amounts", args=[mine.pk])
    assert as_(client, house["hejie"]).post(amounts).status_code == 403
    assert "¥2,328.00" in as_(client, house["xujing"]).post(amounts).content.decode()
    assert Event.objects.get(verb="staff.bonus_revealed").by == house["xujing"]
    assert as_(client, house["hejie"]).get(reverse("staff:appraisal_paper", args=[mine.pk])).status_code == 403


def test_the_list_shows_mine_my_people_or_all(client, house):
    score_everybody(open_month())
    address = reverse("staff:appraisals")

    def names(login: str, tab: str) -> set[str]:
        text = as_(client, house[login]).get(f"{address}?tab={tab}").content.decode()
        return {one.name for one in house.values() if f">{one.name}</a>" in text}

    assert names("lina", "mine") == {"李娜"}
    assert names("lina", "all") == {"李娜"}
    assert names("hejie", "team") == {"李娜", "孙悦", "周倩", "吴芳"}
    assert len(names("xujing", "all")) == 18


def test_signing_objecting_and_answering(client, house, clock):
    cycle = open_month()
    score_everybody(cycle)
    publish(cycle, house["xujing"])
    mine = of(cycle, house["lina"])
    clock("2026-11-12 09:00")

    def post(login: str, name: str, **data: str) -> str:
        answer = as_(client, house[login]).post(reverse(f"staff:appraisal_{name}", args=[mine.pk]), data, follow=True)
        mine.refresh_from_db()
        return answer.content.decode()

    assert "Say what you object to" in post("lina", "objection", text=" ")
    post("lina", "objection", text="快递停运")
    assert mine.state == AppraisalState.APPEALED
    assert "A score is a number" in post("xujing", "answer", text="属实", score="abc")
    assert "A score is a number" in post("xujing", "answer", text="属实", score="NaN")
    post("xujing", "answer", text="属实", score="80")
    assert (mine.state, mine.score) == (AppraisalState.PUBLISHED, 80)
    post("lina", "signature")
    assert mine.state == AppraisalState.SIGNED


def test_the_close_of_a_month_says_what_is_missing_and_does_what_it_says(client, house, clock):
    cycle = open_month()
    clock("2026-11-02 09:00")
    hr = as_(client, house["xujing"])
    text = hr.get(cycle.get_absolute_url()).content.decode()
    for words in ("Days without figures", "No self-review", "Not scored", "Reckon now"):
        assert words in text
    assert (
        "18 people are not scored"
        in hr.post(reverse("staff:cycle_audit", args=[cycle.pk]), follow=True).content.decode()
    )
    score_everybody(cycle)
    hr.post(reverse("staff:cycle_audit", args=[cycle.pk]))
    PayTerms.objects.filter(employee=house["lina"]).delete()
    publication = reverse("staff:cycle_publication", args=[cycle.pk])
    assert "李娜" in hr.post(publication, follow=True).content.decode()
    assert not JobRun.objects.filter(job="staff.publish_appraisals").exists()
    hr.post(reverse("staff:person_pay", args=[house["lina"].pk]), {"since": "2026-01-01", "bonus_base": "1000"})
    hr.post(publication)
    hr.post(publication)
    assert JobRun.objects.get(job="staff.publish_appraisals").params == {"cycle": cycle.pk}
    cycle.refresh_from_db()
    assert cycle.state == CycleState.AUDIT


def test_the_page_of_a_month_takes_as_many_queries_for_many_as_for_few(
    client, house, clock, django_assert_max_num_queries
):
    cycle = open_month()
    clock("2026-11-05 09:00")
    hr = as_(client, house["xujing"])
    hr.get(cycle.get_absolute_url())
    Appraisal.objects.exclude(employee__in=[house["lina"], house["hejie"]]).filter(cycle=cycle).delete()
    with django_assert_max_num_queries(60) as few:
        hr.get(cycle.get_absolute_url())
    again = open_month()
    assert again.appraisals.count() == 18
    with django_assert_max_num_queries(len(few)):
        hr.get(cycle.get_absolute_url())


def test_the_list_and_a_page_take_a_steady_number_of_queries(client, house, django_assert_max_num_queries):
    cycle = open_month()
    hr, address = as_(client, house["xujing"]), f"{reverse('staff:appraisals')}?tab=all"
    Appraisal.objects.exclude(employee=house["lina"]).delete()
    hr.get(address)
    with django_assert_max_num_queries(40) as one:
        hr.get(address)
    open_month()
    with django_assert_max_num_queries(len(one)):
        hr.get(address)
    charge(house["lina"], "-1", date(2026, 10, 20))
    page(hr, of(cycle, house["lina"]))
    with django_assert_max_num_queries(40) as few:
        page(hr, of(cycle, house["lina"]))
    charge(house["lina"], "-1", date(2026, 10, 21))
    charge(house["lina"], "-1", date(2026, 10, 22))
    with django_assert_max_num_queries(len(few)):
        page(hr, of(cycle, house["lina"]))


def test_the_bonus_sheet_is_for_payroll_and_its_taking_is_kept(client, house, clock):
    cycle = open_month()
    score_everybody(cycle)
    address = reverse("staff:cycle_sheet", args=[cycle.pk])
    clock("2026-11-12 09:00")
    assert "published results" in as_(client, house["xujing"]).post(address, follow=True).content.decode()
    publish(cycle, house["xujing"])
    assert as_(client, house["hejie"]).post(address).status_code == 403
    answer = as_(client, house["zhenghong"]).post(address)
    sheet = bonus_sheet(cycle)
    rows = list(load_workbook(BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True))
    assert [row[1] for row in rows[1:-1]] == [row["employee"] for row in sheet.rows]
    assert rows[-1][8] == pytest.approx(float(sum(row[8] for row in rows[1:-1])))
    assert Decimal(str(rows[-1][8])) == sheet.total == sum(row["bonus"] for row in sheet.rows)
    assert sheet.deductions == 0
    event = Event.objects.get(verb="staff.payroll_taken")
    assert (event.by, event.reason) == (house["zhenghong"], sheet.number)
    object_to_result(of(cycle, house["lina"]), text="错", by=house["lina"], at=at("2026-11-12 10:00"))
    assert bonus_sheet(cycle).number == sheet.number


def test_weights_make_up_100_and_keep_their_history(client, house):
    post = house["lina"].positions.get()
    address = reverse("staff:post_weights", args=[post.code])
    kpi = AppraisalWeight.objects.get(position=post, kind="form").kpi
    boss = as_(client, house["chenjing"])
    assert boss.post(address, {"points": "60", f"kpi_{kpi.pk}": "30"}).status_code == 422
    assert boss.post(address, {"points": "70", f"kpi_{kpi.pk}": "30"}).status_code == 422
    assert boss.post(address, {"points": "x"}).status_code == 422
    assert boss.post(address, {"points": "60", f"kpi_{kpi.pk}": "40"}).status_code == 302
    assert Event.objects.filter(verb="staff.weights_changed", subject_id=post.pk).first().changes == {
        "weights": [["points 70", "STF-143 30"], ["points 60", "STF-143 40"]]
    }
    assert as_(client, house["lina"]).get(address).status_code == 403


def test_pay_terms_are_hidden_until_somebody_says_why_and_nobody_sets_their_own(client, house):
    hr, listed = as_(client, house["xujing"]), reverse("staff:pay_terms")
    assert "¥2,000.00" not in hr.get(listed).content.decode()
    hr.post(reverse("staff:pay_revealing"), {"reason": " "})
    assert not Event.objects.filter(verb="staff.pay_revealed").exists()
    assert "¥2,000.00" in hr.post(reverse("staff:pay_revealing"), {"reason": "核对 10 月"}).content.decode()
    assert Event.objects.get(verb="staff.pay_revealed").reason == "核对 10 月"
    own = reverse("staff:person_pay", args=[house["xujing"].pk])
    assert hr.post(own, {"since": "2026-11-01", "bonus_base": "9000"}).status_code == 422
    theirs = reverse("staff:person_pay", args=[house["lina"].pk])
    assert hr.post(theirs, {"since": "2026-11-01", "bonus_base": "-1"}).status_code == 422
    assert hr.post(theirs, {"since": "2026-11-01", "bonus_base": "2500"}).status_code == 302
    terms = PayTerms.objects.filter(employee=house["lina"]).latest("since")
    assert (terms.bonus_base, terms.base_wage) == (2500, None)
    assert "2500" not in str(Event.objects.filter(verb="staff.pay_terms_set").first().changes)
    assert as_(client, house["hejie"]).get(listed).status_code == 403


def test_a_month_uses_the_pay_terms_of_its_end(house):
    PayTerms.objects.create(employee=house["lina"], since=date(2026, 11, 1), bonus_base=9000)
    cycle = open_month()
    assert score(of(cycle, house["lina"])).bonus_base == 2000
    score_rest = cycle.appraisals.exclude(state="scored").select_related("employee", "superior")
    for one in score_rest:
        score(one)
    audit_cycle(cycle, by=house["xujing"], at=at("2026-11-08 09:00"))


def test_my_results_over_the_months(client, house):
    cycle = open_month()
    score_everybody(cycle)
    publish(cycle, house["xujing"])
    assert "97.00" in as_(client, house["lina"]).get(reverse("staff:my_appraisals")).content.decode()
    history = reverse("staff:person_appraisals", args=[house["lina"].pk])
    assert client.get(history).status_code == 403
    assert "97.00" in as_(client, house["xujing"]).get(history).content.decode()


@pytest.mark.parametrize("path", ["/appraisals/0/", "/appraisals/months/0/", "/appraisals/setup/nothing/"])
def test_what_is_not_there_is_not_found(client, house, path):
    assert as_(client, house["chenjing"]).get(path).status_code == 404
