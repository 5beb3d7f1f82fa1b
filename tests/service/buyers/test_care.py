"""Care proposes words, says whom it leaves out and why; surveys show how content buyers are; nicks stay hidden."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from service.actions.blacklist import blacklist_buyer
from service.actions.buyers import note_consent
from service.actions.care import plan_care
from service.actions.levels import load_levels
from service.actions.phrases import keep_phrase
from service.actions.surveys import answer_survey, ask_survey
from service.models import Blacklisting, Buyer, Care, VipLevel
from service.queries.buyer_story import KINDS, story_of
from service.queries.care import Wish, proposals
from service.queries.care_runs import left_out
from service.queries.surveys import survey_figures
from service.states import CareOccasion
from service.views.buyer_list import BUYER_LIST
from service.views.care import CARE_LIST
from shopops.kit.clock import now, shop_day
from shopops.kit.refusals import Refused
from staff.models import Employee, Event
from tests.factories.buyers import a_buyer
from tests.factories.complaints import a_complaint
from tests.factories.orders import make_order, stocked_sku
from tests.factories.staff import NOON, EmployeeFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def chenjing() -> Employee:
    return EmployeeFactory(username="chenjing", name="陈静", is_superuser=True)


@pytest.fixture
def desk(client: Client, chenjing: Employee) -> Client:
    client.force_login(chenjing, backend="django.contrib.auth.backends.ModelBackend")
    return client


def born_today(nick: str, **values) -> Buyer:
    return a_buyer(nick, birthday=f"{shop_day(now()):%m-%d}", **values)


@pytest.mark.parametrize("occasion", CareOccasion.values)
def test_every_occasion_has_words_without_holes(occasion):
    said = proposals([Wish(1, occasion, date(2026, 10, 1), "tb_zhangmin", "")])[1]
    assert said
    assert "{" not in said
    assert ("国庆" in said) == (occasion == CareOccasion.HOLIDAY)


def test_words_name_the_goods_bought_most_and_a_quick_phrase_goes_first(chenjing):
    sku = stocked_sku()
    make_order({sku: 3}, buyer_nick="tb_zhangmin", paid_at=NOON)
    wish = Wish(1, CareOccasion.VISIT, date(2026, 11, 20), "tb_zhangmin", "金卡会员")
    assert sku.name in proposals([wish])[1]
    keep_phrase(None, shortcut="老客回访", text="{buyer}您好，想念{goods}吗", by=chenjing, at=NOON)
    assert proposals([wish])[1] == f"亲您好，想念{sku.name}吗"


def test_who_is_left_out_is_said_with_the_reason(chenjing, desk):
    at, today = now(), shop_day(now())
    born_today("愿意的", may_contact=True)
    born_today("不愿意的", may_contact=False)
    born_today("没问过的")
    asked = born_today("刚问过的", may_contact=True)
    ask_survey(asked, by=chenjing, at=at - 2 * DAY)
    black = born_today("拉黑的", may_contact=True)
    blacklist_buyer(black, reason="恶意退款", by=chenjing, at=at)
    assert plan_care(today, at=at)[CareOccasion.BIRTHDAY] == 1
    reasons = {Buyer.objects.get(pk=one.buyer_id).nick: one.reason for one in left_out(today)}
    assert reasons == {"不愿意的": "refused", "没问过的": "unasked", "刚问过的": "soon", "拉黑的": "black"}
    page = desk.get("/service/care/left_out/?occasion=birthday&reason=refused").content.decode()
    assert "不愿意的" not in page
    assert page.count('<td class="full">') == 1


def test_many_messages_are_kept_with_the_words_proposed_and_those_refused_are_named(chenjing):
    at = now()
    first, second = born_today("小溪流水", may_contact=True), born_today("大河向东", may_contact=True)
    plan_care(shop_day(at), at=at)
    note_consent(second, may_contact=False, by=chenjing, at=at)
    sending = next(one for one in CARE_LIST.batch if one.key == "sending")
    refused = sending.run(list(Care.objects.values_list("pk", flat=True)), by=chenjing, at=at, text="")
    assert list(refused) == [Care.objects.get(buyer=second).pk]
    assert "生日快乐" in Care.objects.get(buyer=first).text
    assert Care.objects.get(buyer=second).state == "due"


def test_the_list_of_care_asks_as_much_for_three_rows_as_for_one(desk):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get("/service/care/").status_code == 200
        return len(queries)

    today = shop_day(now())
    Care.objects.create(buyer=a_buyer("甲"), occasion=CareOccasion.VISIT, due_on=today)
    asked()
    one = asked()
    for nick in ("乙", "丙"):
        Care.objects.create(buyer=a_buyer(nick), occasion=CareOccasion.VISIT, due_on=today)
    assert asked() == one


def test_surveys_are_counted_by_grade_month_and_agent(desk, chenjing):
    lina = EmployeeFactory(username="lina", name="李娜")
    for place, rating in enumerate((5, 5, 2)):
        survey = ask_survey(a_buyer(f"买家{place}"), agent=lina, by=chenjing, at=now() - DAY)
        answer_survey(survey, rating=rating, by=chenjing, at=now())
    ask_survey(a_buyer("没答"), agent=lina, by=chenjing, at=now())
    found = survey_figures(at=now())
    assert (found.asked, found.answered, found.average, round(found.content or 0, 2)) == (4, 3, 4.0, 0.67)
    assert found.agents == [(lina.pk, "李娜", 3, 4.0)]
    page = desk.get("/service/surveys/").content.decode()
    assert f"agent={lina.pk}" in page
    assert desk.get("/service/surveys/?tab=all&rating_from=5&rating_to=5").content.decode().count("data-row=") == 2


def test_lists_and_the_trail_hide_nicks(desk, chenjing):
    buyer = a_buyer("tb_zhangmin", may_contact=True)
    Care.objects.create(buyer=buyer, occasion=CareOccasion.VISIT, due_on=shop_day(now()))
    ask_survey(a_buyer("tb_wanglei"), by=chenjing, at=now())
    a_complaint(chenjing, buyer=buyer)
    for page in ("buyers/", "care/", "surveys/?tab=all", "complaints/"):
        shown = desk.get(f"/service/{page}").content.decode()
        assert "tb_zhangmin" not in shown
        assert "tb_wanglei" not in shown
    note_consent(buyer, may_contact=True, by=chenjing, at=NOON)
    assert Event.objects.get(verb="service.consent_noted").subject_label == "t***n"


@pytest.mark.parametrize("only", ["", *KINDS, "nonsense"])
def test_a_buyers_story_is_told_kind_by_kind(desk, chenjing, only):
    buyer = a_buyer("tb_zhangmin")
    a_complaint(chenjing, buyer=buyer)
    assert desk.get(f"/service/buyer/{buyer.pk}/?story={only}").status_code == 200
    assert len(story_of(buyer, only)) == (1 if only in {"", "complaints", "nonsense"} else 0)


def test_what_data_are_needed_for_is_proposed_from_where_one_comes(desk):
    buyer = a_buyer("tb_zhangmin")
    assert "TS26110100001" in desk.get(f"/service/buyer/{buyer.pk}/personal/?for=TS26110100001").content.decode()


def test_levels_begin_with_free_membership():

    load_levels(at=NOON)
    first = VipLevel.objects.order_by("rank")[0]
    assert (first.least_paid, first.least_orders) == (200, 1)


def test_many_go_on_the_blacklist_and_off_it_and_the_list_says_why_and_how_long(desk, chenjing):
    first, second = a_buyer("小溪流水"), a_buyer("大河向东")
    batch = {one.key: one for one in BUYER_LIST.batch}
    blacklist_buyer(second, reason="差评勒索", by=chenjing, at=now())
    until = shop_day(now()) + 30 * DAY
    refused = batch["blacklisting"].run([first.pk, second.pk], by=chenjing, at=now(), reason="恶意退款", until=until)
    assert list(refused) == [second.pk]
    page = desk.get("/service/buyers/?tab=black").content.decode()
    for said in ("恶意退款", f"{until}", "差评勒索"):
        assert said in page
    with pytest.raises(Refused):
        ask_survey(first, by=chenjing, at=now())
    assert batch["lifting"].run([first.pk, second.pk], by=chenjing, at=now(), reason="误会") == {}
    assert not Blacklisting.objects.filter(lifted_at=None).exists()


def test_who_never_answered_may_be_asked_again_after_a_while(chenjing):
    buyer = a_buyer()
    ask_survey(buyer, by=chenjing, at=NOON - 31 * DAY)
    assert ask_survey(buyer, by=chenjing, at=NOON).answered_at is None
    with pytest.raises(Refused):
        ask_survey(buyer, by=chenjing, at=NOON + DAY)


def test_an_offer_is_planned_for_members_who_agreed_and_only_once(chenjing):
    member, unasked = a_buyer("小溪流水", may_contact=True), a_buyer("大河向东")
    offer = next(one for one in BUYER_LIST.batch if one.key == "offer")
    assert list(offer.run([member.pk, unasked.pk], by=chenjing, at=now())) == [unasked.pk]
    assert Care.objects.get().occasion == CareOccasion.OFFER
    assert list(offer.run([member.pk], by=chenjing, at=now())) == [member.pk]
