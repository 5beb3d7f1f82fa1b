"""The agent's desk: its counts are those of the lists behind them, and it asks the database little."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orders.queries.chases import chasable_orders
from orders.states import OrderState
from service.actions.conversations import annotate_conversation, close_conversation, take_conversation
from service.actions.feedback import note_feedback
from service.actions.notebook import write_memo
from service.actions.promises import make_promise
from service.queries.desk import my_counts, serving_people
from shopops.kit.lists import Reader
from staff.models import WorkReport
from staff.states import WorkReportKind
from tests.factories.agents_day import a_follow_up, a_waiting, an_agent, at
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def lina(db):
    return an_agent("lina", "李娜", "staff.raise_problem", "service.handle_aftersale")


@pytest.fixture
def client(lina) -> Client:
    client = Client()
    client.force_login(lina)
    return client


def test_the_counts_are_those_of_the_lists_behind_them(lina):
    wufang, noon = an_agent("wufang", "吴芳"), at("12:00")
    for place, agent in enumerate((lina, lina, wufang)):
        talk = a_waiting(f"买家{place}")
        take_conversation(talk, by=agent, at=at("09:01"))
        talk.is_night, talk.due_at = place > 0, at("11:00")
        talk.save()
        a_follow_up(agent, nick=f"买家{place}", moment="2026-11-21 00:00")
        make_promise(talk.buyer, "今天发货", due_at=at("11:30"), by=agent, at=at("09:02"))
        note_feedback(talk.buyer, "包装破损", by=agent, at=at("09:03"))
        write_memo("三点回电", remind_at=at("15:00"), by=agent, at=at("09:04"))
    for minutes in (5, 500):
        make_order(state=OrderState.UNPAID, placed_at=noon - timedelta(minutes=minutes))
    found = {tile.key: (tile.count, tile.late) for tile in my_counts(lina, noon)}
    assert found == {
        "night": (1, 1),
        "follow_ups": (2, 0),
        "promises": (2, 2),
        "feedback": (2, 0),
        "memos": (2, 0),
        "unpaid": (chasable_orders(Reader(lina, noon)).count(), 0),
        "figures": (1, 1),
    }
    assert found["unpaid"] == (1, 0)


def test_figures_handed_in_are_not_missing(lina):
    noon = at("12:00")
    missing = next(tile for tile in my_counts(lina, noon) if tile.key == "figures")
    assert "kind=figures_day" in missing.url
    day = f"2026-{missing.note}"
    WorkReport.objects.create(employee=lina, kind=WorkReportKind.FIGURES_DAY, day=day, text="都有", handed_in_at=noon)
    assert next(tile for tile in my_counts(lina, noon) if tile.key == "figures").count == 0


def test_whoever_may_serve_is_offered_once_by_name(lina):
    wufang = an_agent("wufang", "吴芳")
    gone = an_agent("sunyue", "孙悦")
    gone.is_active = False
    gone.save()
    assert serving_people() == [(lina.pk, "李娜"), (wufang.pk, "吴芳")]


def test_ones_status_is_asked_in_a_dialog_or_on_a_page(client):
    address = reverse("service:desk_presence")
    page = client.get(address).content.decode()
    dialog = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" in page
    assert "<html" not in dialog
    assert 'name="covered_by"' in page
    assert 'name="covered_by"' in dialog


def test_a_problem_is_raised_about_the_conversation(client):
    talk = a_waiting()
    page = client.get(reverse("service:conversation", args=[talk.pk])).content.decode()
    (link,) = [part.split('"')[0] for part in page.split('href="') if "problems/new/?url=%2Fservice" in part]
    form = client.get(link.replace("&amp;", "&")).content.decode()
    assert f'value="/service/conversation/{talk.pk}/"' in form


def test_who_annotated_and_closed_a_conversation_stands_on_its_page(client, lina):
    talk = a_waiting()
    take_conversation(talk, by=lina, at=at("09:01"))
    annotate_conversation(talk, "问尺码，推荐 L 码", by=lina, at=at("09:02"))
    close_conversation(talk, annotation="", by=lina, at=at("09:03"))
    page = client.get(reverse("service:conversation", args=[talk.pk])).content.decode()
    assert "问尺码，推荐 L 码" in page
    assert "11-20 09:03" in page


@pytest.mark.parametrize(("name", "most"), [("desk", 9), ("conversation_list", 9), ("conversation", 12)])
def test_the_database_is_asked_little(client, name, most):
    talk = a_waiting()
    address = reverse(f"service:{name}", args=[talk.pk] if name == "conversation" else [])
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    assert len(queries) <= most, [query["sql"][:80] for query in queries]
