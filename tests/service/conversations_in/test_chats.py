"""Chat files, in every way they come out of the chat tool, and damaged in every way people manage."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from service.models import Conversation, Message
from service.states import FileState, MessageKind, Sender
from tests.factories.chat_files import archive, as_json, complained, exported, import_bytes
from tests.factories.conversations import a_sub_account
from tests.factories.staff import ShopFactory

pytestmark = pytest.mark.django_db
TALK = [("小溪流水", "2026-11-20 09:00:00", "在吗"), ("云杉:小娜", "2026-11-20 09:00:30", "在的亲")]


@pytest.fixture(autouse=True)
def _shop() -> None:
    ShopFactory()
    a_sub_account()


def heard() -> list[tuple[int, str, str]]:
    return list(Message.objects.order_by("at", "sender", "pk").values_list("sender", "nick", "text"))


BOTH = [(1, "小溪流水", "在吗"), (2, "云杉:小娜", "在的亲")]


def test_the_exporters_archive_with_one_json_a_customer():
    batch = import_bytes(
        archive(exported("小溪流水", TALK), exported("晴天", [("晴天", "2026-11-20 10:00:00", "有货吗")]))
    )

    assert batch.state == FileState.DONE
    assert (batch.counts["new"], batch.counts["conversations"], batch.counts["buyers"]) == (3, 2, 2)


def test_a_list_of_customers_in_one_json():
    import_bytes(as_json(exported("小溪流水", TALK), exported("晴天", TALK[:0])))

    assert heard() == BOTH


@pytest.mark.parametrize(
    "text",
    [
        "小溪流水\n2026-11-20 09:00:00\n在吗\n已读\n云杉:小娜\n2026-11-20 09:00:30\n在的亲\n未读\n",
        "小溪流水2026-11-20 09:00:00\n在吗\n云杉:小娜2026-11-20 09:00:30\n在的亲\n发送中\n",
        "小溪流水 --> 云杉:小娜 2026-11-20 09:00:00\n在吗\n云杉:小娜 --> 小溪流水 2026-11-20 09:00:30\n在的亲\n",
        "[小溪流水] 2026-11-20 09:00:00\n在吗\n小溪流水 撤回了一条消息\n[云杉:小娜] 2026-11-20 09:00:30\n在的亲\n",
        "小溪流水  2026/11/20 9:00:00\n在吗\n云杉：小娜  2026/11/20 9:00:30\n在的亲\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_copied_text_in_all_its_forms(text: str, encoding: str):
    batch = import_bytes(text.replace("\n", "\r\n").encode(encoding))

    assert batch.state == FileState.DONE, batch.sentence
    assert heard() == BOTH
    assert complained(batch) == []


def test_lines_of_the_platform_say_who_has_the_buyer():
    text = (
        "当前用户来自 商品详情页\n小溪流水 2026-11-20 09:00:00\n在吗\n由 服务助手 转交给 云杉:小娜\n"
        "原因：【离线留言自动分配】\n"
    )
    import_bytes(text.encode())

    conversation = Conversation.objects.get()
    assert conversation.agent is not None
    assert conversation.agent.name == "李娜"
    assert conversation.turns.get().employee == conversation.agent
    assert set(Message.objects.exclude(sender=Sender.BUYER).values_list("sender", "kind")) == {
        (Sender.SYSTEM, MessageKind.NOTICE)
    }


def test_several_lines_and_a_time_inside_of_a_message_stay_its_text():
    text = "小溪流水 2026-11-20 09:00:00\n第一行\n预计发货时间2026-11-21 10:00:00\n第三行\n"
    import_bytes(text.encode())

    assert Message.objects.get().text == "第一行\n预计发货时间2026-11-21 10:00:00\n第三行"


def test_robots_are_told_apart_by_their_names():
    import_bytes(as_json(exported("小溪流水", [*TALK[:1], ("云杉:机器人", "2026-11-20 09:00:01", "您好")])))

    assert [sender for sender, _nick, _text in heard()] == [Sender.BUYER, Sender.ROBOT]


def test_unknown_sub_accounts_are_kept_complained_about_and_listed():
    batch = import_bytes(as_json(exported("小溪流水", [*TALK[:1], ("云杉:小白", "2026-11-20 09:00:01", "您好")])))

    assert batch.counts["unknown_agents"] == {"云杉:小白": 1}
    assert any("云杉:小白" in words for words in complained(batch))
    assert Message.objects.get(nick="云杉:小白").employee is None
    assert Conversation.objects.get().waiting_since is None, "the buyer did get an answer"


def test_a_spreadsheet_with_its_usual_headers():
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["聊天明细 2026-11-20"],
        ["买家昵称", "发送者", "时间", "内容", "店铺"],
        ["小溪流水", "买家", "2026-11-20 09:00:00", "在吗", "云杉旗舰店"],
        ["小溪流水", "云杉:小娜", "2026-11-20 09:00:30", "在的亲", ""],
        ["小溪流水", "云杉:小娜", "2026-11-33 09:00:30", "坏", ""],
        ["小溪流水", "云杉:小娜", "2026-11-20 09:00:30", "坏", "别家店"],
    ):
        sheet.append(row)
    stream = BytesIO()
    book.save(stream)

    batch = import_bytes(stream.getvalue(), names=["导出.xlsx"])

    assert heard() == BOTH
    assert batch.counts["refused"] == 2
    with batch.rejected.open("rb") as file:
        rejected = openpyxl.load_workbook(file).active
        assert rejected is not None
        assert [row[3] for row in rejected.iter_rows(min_row=2, values_only=True)] == ["坏", "坏"]


def test_a_rehearsal_says_the_same_and_writes_nothing():
    content = archive(exported("小溪流水", TALK))
    rehearsed = import_bytes(content, rehearse=True)
    assert rehearsed.state == FileState.REHEARSED
    assert not Message.objects.exists()

    assert import_bytes(content).counts == rehearsed.counts


def test_damaged_customers_are_left_out_and_located():
    content = archive(exported("小溪流水", TALK), broken=b'{"user": "x", "chats": [{')
    batch = import_bytes(content, names=["a.zip"])

    assert heard() == BOTH
    assert [one["file"] for one in batch.complaints] == ["a.zip/broken.json"]


@pytest.mark.parametrize(
    "chat",
    [
        {"date": "2026-13-40", "time": "09:00:00", "sender": "小溪流水", "text": "x"},
        {"date": "", "time": "", "sender": "小溪流水", "text": "x"},
        {"date": "2036-11-20", "time": "09:00:00", "sender": "小溪流水", "text": "x"},
        "text",
        None,
        {"sender": "小溪流水", "text": "x", "date": ["2026"], "time": {}},
    ],
)
def test_messages_that_cannot_be_read_are_rejected_one_by_one(chat: object):
    record = exported("小溪流水", TALK)
    record["chats"].append(chat)
    batch = import_bytes(json.dumps(record).encode())

    assert heard() == BOTH
    assert batch.counts["refused"] == 1


def test_characters_no_database_keeps_are_left_out():
    record = exported("小溪流水", [("小溪流水", "2026-11-20 09:00:00", "在\x00吗\ud83d\\n\t完")])
    batch = import_bytes(json.dumps(record).encode())

    assert batch.state == FileState.DONE
    assert Message.objects.get().text.startswith("在吗")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x00\x00",
        b"%PDF-1.7 ...",
        b"PK\x03\x04 torn",
        b'{"user": "x", "chats": [',
        b"<html><body>login</body></html>",
        "两个人\n2026-11-20 09:00:00\n在吗\n另一个\n2026-11-20 09:00:10\n在\n".encode(),
    ],
)
def test_what_is_no_chat_is_refused_whole_with_a_sentence(content: bytes):
    batch = import_bytes(content)

    assert batch.state == FileState.REFUSED
    assert batch.sentence
    assert not Message.objects.exists()


def test_an_archive_that_would_fill_the_memory_is_refused():
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for number in range(12):
            file.writestr(f"{number}.json", b" " * 60 * 2**20)
    batch = import_bytes(stream.getvalue())

    assert batch.state == FileState.REFUSED
    assert not Message.objects.exists()


def test_a_copied_block_that_stands_twice_counts_once():
    text = "小溪流水 2026-11-20 09:00:00\n在吗\n云杉:小娜 2026-11-20 09:00:30\n在的亲\n"
    import_bytes((text + text).encode())

    assert heard() == BOTH


def test_the_same_words_twice_in_one_second_are_two_messages():
    batch = import_bytes(as_json(exported("小溪流水", [TALK[0], TALK[0]])))

    assert batch.counts["new"] == 2
    assert import_bytes(as_json(exported("小溪流水", [TALK[0], TALK[0]]))).counts["new"] == 0


def test_a_customer_too_big_to_be_loaded_whole_is_read_piece_by_piece(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("shopops.taobao.chats.exported.LONGEST_OBJECT", 200)
    monkeypatch.setattr("shopops.taobao.chats.exported.BLOCK", 64)
    lines = [("小溪流水", f"2026-11-20 09:{number:02}:00", f"第{number}句") for number in range(40)]
    batch = import_bytes(as_json(exported("小溪流水", lines)))

    assert batch.counts["new"] == 40


def test_the_command_answers_in_json_and_refuses_with_exit_code_one(tmp_path: Path):
    good, bad = tmp_path / "a.zip", tmp_path / "b.json"
    good.write_bytes(archive(exported("小溪流水", TALK)))
    bad.write_bytes(b'{"user": ')
    out = StringIO()
    call_command("import_chats", good, "--json", "--rehearse", stdout=out)
    told = json.loads(out.getvalue().splitlines()[-1])
    assert told["messages"] == {"new": 2, "unchanged": 0, "refused": 0}
    assert told["conversations"] == {"new": 1, "changed": 0}
    assert told["state"] == FileState.REHEARSED

    with pytest.raises(CommandError) as refusal:
        call_command("import_chats", bad, stdout=out)
    assert refusal.value.returncode == 1
