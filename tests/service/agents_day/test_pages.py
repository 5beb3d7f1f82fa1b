"""The pages of the agent's day: what they show, what they refuse, how often they ask the database."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Campaign
from service.actions.conversations import take_conversation
from service.actions.phrases import keep_phrase
from service.models import (
    AutoReply,
    Blacklisting,
    Consultation,
    Conversation,
    Feedback,
    FollowUp,
    Memo,
    PhoneCall,
    Promise,
    QuickPhrase,
)
from service.states import ConversationState, FollowUpState
from shopops.kit.clock import now
from shopops.kit.holdings import HOLDINGS
from shopops.kit.lists.declarations import PAGES
from shopops.kit.spans import span_said
from shopops.kit.worklists import WORKLISTS
from staff.models import Presence
from tests.factories.agents_day import a_follow_up, a_waiting, an_agent, at
from tests.factories.conversations import a_conversation
from tests.factories.staff import ShopFactory

pytestmark = pytest.mark.django_db
LISTS = ("conversation", "consultation", "follow_up", "promise", "feedback", "call", "phrase", "auto_reply", "campaign")
RIGHTS = ("service.keep_phrases", "service.export_conversations", "catalog.add_campaign", "catalog.change_campaign")


@pytest.fixture
def lina(db):
    return an_agent("lina", "李娜", *RIGHTS)


@pytest.fixture
def client(lina) -> Client:
    client = Client()
    client.force_login(lina)
    return client


def page(client: Client, name: str, *args, **query) -> str:
    answer = client.get(reverse(f"service:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def send(client: Client, url_name: str, *args, **values):
    return client.post(reverse(f"service:{url_name}", args=args), values, follow=True)


def test_spans_are_said_as_people_read_them():
    assert [span_said(one) for one in (43, 130, 3900, 273600)] == ["43 秒", "2 分 10 秒", "1 小时 5 分", "3 天 4 小时"]


def test_the_desk_shows_who_waits_longest_first_and_leaves_out_what_colleagues_have(client):
    zhoumin = an_agent("zhoumin", "周敏")
    for nick, clock in (("乙乙", "09:10:00"), ("甲甲", "09:00:00"), ("丙丙", "09:05:00")):
        a_waiting(nick, clock)
    take_conversation(Conversation.objects.get(buyer__nick="丙丙"), by=zhoumin, at=at("09:06"))

    mine, everybody = page(client, "desk_queue"), page(client, "desk_queue", whose="all")
    assert mine.index("甲甲") < mine.index("乙乙")
    assert "丙丙" not in mine
    assert "丙丙" in everybody


def test_the_desk_shows_a_conversation_with_its_buyer(client, lina):
    waiting = a_waiting()
    Blacklisting.objects.create(buyer=waiting.buyer, reason="多次恶意退款", listed_by=lina, listed_at=at("08:00"))
    keep_phrase(None, shortcut="问好", text="{buyer}您好", by=lina, at=at("08:00"))
    shown = page(client, "desk", conversation=waiting.pk)
    for words in ("在吗，想问一下尺码", "多次恶意退款", 'data-copy="小溪流水您好"', "登记咨询单"):
        assert words in shown


def test_a_copied_phrase_is_counted(client, lina):
    phrase = keep_phrase(None, shortcut="问好", text="您好", by=lina, at=at("08:00"))
    assert send(client, "phrase_use", phrase.pk).status_code == 204
    assert QuickPhrase.objects.get().used == 1


def test_messages_stand_beside_how_fast_they_were_answered(client):
    talk = a_conversation(
        lines=[
            ("buyer", "09:00:00", "有货吗"),
            ("robot", "09:00:01", "您好，欢迎光临"),
            ("云杉:小娜", "09:00:50", "亲，有货的"),
            ("buyer", "09:01:00", "好的谢谢"),
        ]
    )
    shown = page(client, "conversation", talk.pk)
    for words in ("首句 50 秒", "机器人", "结束语", "2026-11-20"):
        assert words in shown


def test_what_is_done_on_the_page_is_done_and_refusals_are_sentences(client):
    talk = a_waiting()
    send(client, "conversation_taking", talk.pk)
    assert "先写批注" in send(client, "conversation_closing", talk.pk).content.decode()
    send(client, "conversation_consultation", talk.pk, topic="goods", problem="会不会掉绒", wants_follow_up="on")
    send(client, "conversation_promise", talk.pk, text="今天发货", due_at="2036-01-01T10:00")
    send(client, "conversation_feedback", talk.pk, text="包装破损")
    answer = send(client, "conversation_closing", talk.pk, annotation="问尺码，推荐 L 码")
    assert answer.redirect_chain[-1][0] == reverse("service:conversation", args=[talk.pk])
    talk.refresh_from_db()
    assert talk.state == ConversationState.CLOSED
    assert [model.objects.count() for model in (Consultation, FollowUp, Promise, Feedback)] == [1, 1, 1, 1]
    for words in ("会不会掉绒", "今天发货", "包装破损"):
        assert words in page(client, "conversation", talk.pk)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("conversation_annotation", {}),
        ("conversation_closing", {"annotation": "短"}),
        ("conversation_passing", {"to": "999999"}),
        ("conversation_passing", {"to": "x'"}),
        ("conversation_escalation", {"reason": ""}),
        ("conversation_reopening", {"reason": "再问"}),
        ("conversation_consultation", {"topic": "nothing", "problem": "?"}),
        ("conversation_promise", {"text": "发货", "due_at": "2026-31-31"}),
        ("conversation_promise", {"text": "发货", "due_at": "2020-01-01T10:00"}),
        ("conversation_feedback", {"text": " "}),
    ],
)
def test_bad_input_is_answered_with_a_sentence(client, name, values):
    talk = a_waiting()
    assert send(client, name, talk.pk, **values).status_code == 200
    assert [model.objects.count() for model in (Consultation, Promise, Feedback)] == [0, 0, 0]


def test_forms_by_hand_make_the_buyer_and_the_document(client, lina):
    send(client, "consultation_new", nick="新买家", topic="price", problem="能便宜吗", wants_follow_up="on")
    send(client, "promise_new", nick="新买家", text="今天发货", due_at="2036-01-01T10:00")
    send(client, "feedback_new", nick="新买家", text="包装破损")
    send(client, "follow_up_new", nick="新买家", kind="visit", due_at="2036-01-01T10:00", reason="半年回访")
    send(
        client,
        "call_new",
        direction="in",
        employee=lina.pk,
        rang_at="2026-11-20T10:00",
        ring_seconds="4",
        nick="新买家",
    )
    send(client, "phrase_new", shortcut="问好", text="{buyer}您好", is_used="on")
    send(client, "memos", text="三点回电")
    shop = ShopFactory()
    send(client, "campaign_new", shop=shop.pk, name="双十二", starts_at="2036-01-01T10:00", ends_at="2036-01-02T10:00")
    offer = Campaign.objects.get()
    send(
        client, "campaign_change", offer.pk, name="双十二预热", starts_at="2036-01-01T10:00", ends_at="2036-01-03T10:00"
    )
    send(client, "auto_reply_new", shop=shop.pk, campaign=offer.pk, text="满三百减三十")
    models = (Consultation, Promise, Feedback, PhoneCall, QuickPhrase, Memo, AutoReply)
    assert [model.objects.count() for model in models] == [1] * 7
    assert FollowUp.objects.count() == 2
    assert Campaign.objects.get().name == "双十二预热"
    for name in ("consultation", "promise", "feedback", "follow_up", "call", "phrase", "auto_reply", "campaign"):
        model = {"call": PhoneCall, "phrase": QuickPhrase, "campaign": Campaign}.get(name)
        key = (
            (model or {m.__name__: m for m in (*models, FollowUp)}["".join(map(str.title, name.split("_")))])
            .objects.first()
            .pk
        )
        assert page(client, name, key)


def test_a_sheet_is_filed_on_the_page(client, lina):
    due = a_follow_up(lina, moment=f"{now():%Y-%m-%d} 00:00")
    answer = send(client, "follow_up_sheet", due.pk, result="bought", channel="chat", sheet="短")
    assert "乱做" in answer.content.decode()
    send(client, "follow_up_sheet", due.pk, result="bought", channel="chat", sheet="买家已下单，尺码合适，满意")
    due.refresh_from_db()
    assert due.state == FollowUpState.DONE


def test_status_is_set_from_the_desk_and_being_away_wants_a_reason(client, lina):
    send(client, "desk_presence", status="online")
    assert "离开原因" in send(client, "desk_presence", status="away").content.decode()
    send(client, "desk_presence", status="away", reason="吃饭")
    assert Presence.objects.get(ends_at=None).status == "away"
    assert "吃饭" in page(client, "desk")


@pytest.mark.parametrize("name", LISTS)
def test_lists_open_and_are_exported_and_searched(client, name):
    a_waiting()
    assert page(client, f"{name}_list", q="小溪", tab="all")
    assert page(client, f"{name}_list", q="4087000111222333")


def rows_for(name: str, lina, number: int) -> None:
    for place in range(number):
        nick = f"{name}{number}{place}"
        talk = a_waiting(nick)
        take_conversation(talk, by=lina, at=at("09:01"))
        a_follow_up(lina, nick=nick)


@pytest.mark.parametrize("name", ["desk", "desk_queue", "conversation_list", "follow_up_list", "consultation_list"])
def test_the_database_is_asked_as_often_for_three_as_for_one(client, lina, name, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    asked = []
    for number in (1, 3):
        rows_for(name, lina, number)
        page(client, name)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page(client, name)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_conversation_of_many_messages_asks_as_often_as_one_of_few(client):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    asked = []
    for nick, number in (("甲", 1), ("乙", 9)):
        lines = [("buyer", f"09:0{one}:00", f"第{one}问") for one in range(number)]
        talk = a_conversation(nick=nick, lines=[*lines, ("云杉:小娜", "09:30:00", "亲")])
        page(client, "conversation", talk.pk)
        with CaptureQueriesContext(connection) as queries:
            page(client, "conversation", talk.pk)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_what_is_mine_stands_in_my_work_and_in_the_handover(lina):
    talk = a_waiting()
    take_conversation(talk, by=lina, at=at("09:01"))
    due = a_follow_up(lina)
    assert WORKLISTS["service.conversations"].waiting(lina.pk, at("10:00")).count == 1
    late = WORKLISTS["service.follow_ups"].waiting(lina.pk, at("10:00"))
    assert (late.count, late.overdue) == (1, 1)
    assert [one.id for one in HOLDINGS["service.conversations"].mine(lina.pk, at("10:00"))] == [talk.pk]
    zhoumin = an_agent("zhoumin", "周敏")
    HOLDINGS["service.follow_ups"].pass_on([due.pk], zhoumin, by=zhoumin, at=at("16:00"))
    assert FollowUp.objects.get().agent == zhoumin


def test_every_list_of_the_agents_day_is_declared():
    assert {f"service.{name}_list" for name in LISTS} <= set(PAGES)
