"""The same messages give the same sessions and turns, in whatever files and order they come."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.models import Conversation, Message, Turn
from tests.factories.chat_files import as_json, exported, import_bytes
from tests.factories.conversations import a_sub_account

START = datetime(2026, 11, 1, 8)  # noqa: DTZ001 -- the shop's clock, as files write it
WHO = ("小溪流水", "云杉:小娜", "云杉:小悦", "店小蜜", "系统")
TEXTS = ("在吗", "谢谢", "好的", "什么时候发货", "亲，在的", "由 服务助手 转交给 云杉:小娜")
GAPS = (0, 1, 60, 1799, 1800, 1801, 7200, 90_000, 604_799, 604_801)

messages = st.lists(
    st.tuples(st.sampled_from(GAPS), st.sampled_from(WHO), st.sampled_from(TEXTS)), min_size=1, max_size=14
)


def said(told: list[tuple[int, str, str]]) -> list[tuple[str, str, str]]:
    """Return the messages, none twice: which of two equal ones of a second is which no two files can tell."""
    moment, found = START, {}
    for gap, who, text in told:
        moment += timedelta(seconds=gap)
        found[who, moment.strftime("%Y-%m-%d %H:%M:%S"), text] = None
    return list(found)


def cut() -> list[Any]:
    """Return the sessions with their messages and turns, without the numbers of rows."""
    return sorted(
        (
            sorted(one.messages.values_list("at", "sender", "nick", "text")),
            sorted(
                (turn.asked_at, turn.question.text, turn.answered_at, turn.seconds, turn.is_first, turn.excluded)
                for turn in one.turns.select_related("question")
            ),
            (one.opened_at, one.last_at, one.waiting_since, one.due_at, one.is_night, one.agent_id, one.state),
            (one.buyer_messages, one.agent_messages, one.robot_messages, one.preview, one.first_reply_at),
        )
        for one in Conversation.objects.all()
    )


def forget() -> None:
    Turn.objects.all().delete()
    Message.objects.all().delete()
    Conversation.objects.all().delete()


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=messages, data=st.data())
def test_any_order_and_any_partition_into_files_gives_the_same(told: list[tuple[int, str, str]], data: st.DataObject):
    a_sub_account()
    forget()
    lines = said(told)
    import_bytes(as_json(exported("小溪流水", lines)))
    whole = cut()
    forget()

    shuffled = data.draw(st.permutations(lines))
    parts = data.draw(st.integers(1, 4))
    for number in range(parts):
        if part := shuffled[number::parts]:
            import_bytes(as_json(exported("小溪流水", part)))

    assert cut() == whole


@pytest.mark.django_db
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=messages)
def test_importing_again_changes_nothing(told: list[tuple[int, str, str]]):
    a_sub_account()
    forget()
    content = as_json(exported("小溪流水", said(told)))
    import_bytes(content)
    before = cut(), list(Conversation.objects.values_list("pk")), list(Turn.objects.order_by("pk").values_list("pk"))

    again = import_bytes(content, content)

    assert again.counts["new"] == 0
    after = cut(), list(Conversation.objects.values_list("pk")), list(Turn.objects.order_by("pk").values_list("pk"))
    assert after == before


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=messages, data=st.data())
def test_portions_of_a_file_that_tell_a_buyer_in_pieces_give_the_same(
    told: list[tuple[int, str, str]], data: st.DataObject
):
    a_sub_account()
    other = exported("晴天", [("晴天", "2026-11-02 10:00:00", "在吗")])
    forget()
    lines = said(told)
    whole = import_bytes(as_json(exported("小溪流水", lines), other))
    sessions = cut()
    forget()

    shuffled = data.draw(st.permutations(lines))
    parts = data.draw(st.integers(1, 4))
    pieces = [exported("小溪流水", part) for number in range(parts) if (part := shuffled[number::parts])]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("service.imports.chat_rows.PORTION", 1)
        torn = import_bytes(as_json(*[record for piece in pieces for record in (piece, other)]))

    assert cut() == sessions
    for count in ("new", "conversations", "conversations_changed"):
        assert torn.counts[count] == whole.counts[count]
