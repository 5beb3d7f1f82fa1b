"""The radar's pages: the card on “my work”, the list, the look ahead on demand, the number in the frame."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from shopops.kit.clock import now
from staff.actions.radar import sweep
from staff.models import Appointment, Clause, OrgUnit, Position, RadarSighting
from staff.queries.radar import coming_for, coming_for_team
from staff.queries.settings import forget_values
from staff.states import Outcome
from tests.factories.rulebook import open_book
from tests.factories.staff import EmployeeFactory, employee_with, permission
from warehouse.models import DispatchNote

LATE = "ORD-016"


@pytest.fixture
def book(db):
    open_book()


@pytest.fixture
def li_na(book):
    return employee_with(username="lina", name="李娜")


@pytest.fixture
def hers(client, li_na):
    client.force_login(li_na, backend="django.contrib.auth.backends.ModelBackend")
    return client


def sighting(employee, *, minutes=130, points="-3", number=LATE, label="FH1", outcome=Outcome.COMING, **values):
    return RadarSighting.objects.create(
        clause=Clause.objects.get(number=number),
        employee=employee,
        subject_type="warehouse.DispatchNote",
        subject_id=RadarSighting.objects.count() + 1,
        subject_label=label,
        url="/warehouse/note/FH1/",
        points=Decimal(points),
        due_at=now() + timedelta(minutes=minutes, seconds=30),
        seen_at=now(),
        outcome=outcome,
        settled_at=None if outcome == Outcome.COMING else now(),
        **values,
    )


def text(client, address):
    return client.get(address).content.decode()


def test_my_work_says_what_is_coming_when_and_what_it_costs_with_the_way_to_mend_it(hers, li_na):
    sighting(li_na)
    page = text(hers, "/")
    assert "2 小时 10 分后" in page
    assert "−3 分" in page
    assert 'href="/warehouse/note/FH1/"' in page


def test_the_most_urgent_stands_first_and_the_rest_is_counted(hers, li_na):
    for number in range(8):
        sighting(li_na, minutes=600 - number * 60, label=f"FH{number}")
    ahead = coming_for(li_na, at=now(), most=5)
    assert [one.label for one in ahead.coming] == ["FH7", "FH6", "FH5", "FH4", "FH3"]
    assert (ahead.count, ahead.cost, ahead.soon) == (8, "−24", 1)


def test_avoided_ones_of_the_month_are_counted_with_their_worth(hers, li_na):
    for minutes in (5, 6):
        sighting(li_na, minutes=minutes, outcome=Outcome.AVOIDED)
    assert "本月已避免 2 项，折 6 分" in text(hers, "/")


def test_a_price_that_is_not_the_plain_one_says_why(hers, li_na):
    sighting(li_na, points="0")
    sighting(li_na, number="ORD-014", points="0")
    page = text(hers, "/")
    assert "已免责或已达本月上限" in page
    assert "仅警告" in page


def test_whoever_has_nothing_coming_sees_no_radar_on_my_work(hers, li_na):
    sighting(EmployeeFactory(username="sunyue", name="孙悦"))
    assert 'id="radar"' not in text(hers, "/")


def test_my_work_asks_the_same_number_of_questions_with_one_and_with_five_warnings(
    hers, li_na, django_assert_max_num_queries
):
    def asked():
        hers.get("/")
        with django_assert_max_num_queries(60) as found:
            hers.get("/")
        return len(found)

    sighting(li_na)
    one = asked()
    for number in range(4):
        sighting(li_na, label=f"FH{number}")
    assert asked() == one


def test_the_card_is_two_questions(li_na, django_assert_num_queries):
    for number in range(4):
        sighting(li_na, label=f"FH{number}")
    coming_for(li_na, at=now(), most=5)  # the settings are read
    with django_assert_num_queries(2):
        coming_for(li_na, at=now(), most=5)


def test_an_employee_sees_only_their_own_on_the_list(hers, li_na):
    sighting(li_na, label="FH-MINE")
    sighting(EmployeeFactory(username="sunyue", name="孙悦"), label="FH-OTHER")
    page = text(hers, "/radar/?tab=everybody")
    assert "FH-MINE" in page
    assert "FH-OTHER" not in page


def test_the_list_asks_the_same_number_of_questions_with_one_and_with_three_rows(
    hers, li_na, django_assert_max_num_queries
):
    li_na.user_permissions.add(permission("staff.view_offence"))

    def asked(tab):
        hers.get(f"/radar/?tab={tab}")
        with django_assert_max_num_queries(30) as found:
            hers.get(f"/radar/?tab={tab}")
        return len(found)

    people = [EmployeeFactory(username=f"p{number}", name="孙悦") for number in range(3)]
    sighting(li_na)
    sighting(people[0])
    before = asked("mine"), asked("team")
    for person in people:
        sighting(li_na)
        sighting(person, number="ORD-014", points="0")
    assert (asked("mine"), asked("team")) == before


def unit(code, parent=None):
    return OrgUnit.objects.create(code=code, name=code, name_en=code, parent=parent)


def test_a_leader_sees_the_people_of_the_unit_and_below_worst_first(hers, li_na):
    shop = unit("shop")
    service, away = unit("shop-service", shop), unit("design")
    li_na.unit = shop
    li_na.save()
    li_na.user_permissions.add(permission("staff.view_offence"))
    sunyue = EmployeeFactory(username="sunyue", name="孙悦", unit=service)
    zhouqian = EmployeeFactory(username="zhouqian", name="周倩", unit=service)
    sighting(sunyue)
    for number in range(2):
        sighting(zhouqian, label=f"FH{number}")
    sighting(EmployeeFactory(username="far", name="远方", unit=away))
    sighting(li_na)
    team = coming_for_team(li_na, at=now())
    assert [(row.name, row.count, row.cost) for row in team.people] == [("周倩", 2, "−6"), ("孙悦", 1, "−3")]
    assert [(row.number, row.count, row.soon) for row in team.clauses] == [(LATE, 3, 3)]
    page = text(hers, "/radar/?tab=team")
    assert "周倩" in page
    assert "远方" not in page


def test_without_the_permission_there_is_no_team(hers, li_na):
    assert "tab=team" not in text(hers, "/radar/")


def open_note(by, hours):
    from staff.models import Shop
    from warehouse.actions.stock import ensure_warehouse
    from warehouse.states import NoteState

    return DispatchNote.objects.create(
        number="FH261120000001",
        shop=Shop.objects.get_or_create(name="云杉旗舰店")[0],
        warehouse=ensure_warehouse(),
        order_numbers="2810012345678900001",
        state=NoteState.WAITING,
        receiver_name="张敏",
        summary="外套",
        pieces=1,
        confirmed_at=now() - timedelta(hours=24 - hours),
        confirmed_by=by,
    )


def test_checking_now_looks_ahead_for_oneself_but_not_twice_in_a_few_seconds(hers, li_na):
    one = open_note(li_na, hours=5)
    answer = hers.post(reverse("staff:radar_check"), headers={"HX-Request": "true"})
    assert one.number in answer.content.decode()
    assert "hx-trigger" not in answer.content.decode()
    one.delete()
    hers.post(reverse("staff:radar_check"))
    assert RadarSighting.objects.filter(outcome=Outcome.COMING).exists()
    session = hers.session
    session["radar_checked"] = (now() - timedelta(minutes=1)).isoformat()
    session.save()
    assert hers.post(reverse("staff:radar_check")).url == "/radar/"
    assert not RadarSighting.objects.filter(outcome=Outcome.COMING).exists()


def test_a_page_drawn_long_after_the_last_look_asks_for_another_by_itself(hers, li_na):
    sighting(li_na)
    assert 'hx-trigger="load delay' in text(hers, "/")
    sweep(at=now())
    forget_values()
    sighting(li_na, label="FH2")
    page = text(hers, "/")
    assert 'hx-post="/radar/check/" hx-trigger="load' not in page
    assert "刚刚检查" in page


def test_the_frame_counts_what_is_urgent_with_one_question(hers, li_na, django_assert_max_num_queries):
    sighting(li_na, minutes=60)
    sighting(li_na, minutes=600)
    sighting(li_na, minutes=60, number="ORD-014", points="0")
    answer = hers.get("/pulse/", headers={"HX-Request": "true"}).content.decode()
    assert 'id="radar-count" hx-swap-oob="true">1<' in answer
    assert 'id="radar-count">1<' in text(hers, "/notifications/")


def test_a_manager_opens_the_page_of_a_person_with_both_permissions_only(client, book):
    boss = employee_with("staff.view_metricreading", username="hejie", name="何洁")
    agent = EmployeeFactory(username="lina", name="李娜")
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("staff:person_me", args=[agent.pk])
    assert client.get(address).status_code == 403
    boss.user_permissions.add(permission("staff.view_pointentry"))
    assert "李娜" in text(client, address)


def test_rules_of_ones_posts_stand_on_ones_own_page(hers, li_na):
    from tests.factories.staff import PositionFactory

    post: Position = PositionFactory()
    Appointment.objects.create(employee=li_na, position=post, since="2025-01-01")
    Clause.objects.get(number=LATE).binds.add(post)
    page = text(hers, "/me/")
    assert LATE in page
