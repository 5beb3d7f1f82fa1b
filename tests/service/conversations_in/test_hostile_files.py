"""Chat files as bad as they come: each is digested or refused with a sentence, and never half."""

from __future__ import annotations

import json
import re
import threading
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.utils import translation

from service.imports import Upload, import_files, run_import
from service.models import Conversation, FileImport, Message
from service.states import FileKind, FileState
from tests.factories.chat_files import archive, as_json, complained, exported, import_bytes
from tests.factories.conversations import a_sub_account
from tests.factories.staff import NOON, ShopFactory

TALK = [("小溪流水", "2026-11-20 09:00:00", "在吗"), ("云杉:小娜", "2026-11-20 09:00:30", "在的亲")]
BOTH = ["在吗", "在的亲"]


def texts() -> list[str]:
    return list(Message.objects.order_by("at", "pk").values_list("text", flat=True))


def packed(**parts: bytes) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return stream.getvalue()


@pytest.fixture(autouse=True)
def _shop(db: None) -> None:
    ShopFactory()
    a_sub_account()


def test_customers_of_one_archive_in_four_encodings():
    records = [
        json.dumps(exported(f"客户{number}", [(f"客户{number}", TALK[0][1], "在吗")]), ensure_ascii=False)
        for number in range(4)
    ]
    encodings = ("utf-8", "utf-8-sig", "gb18030", "utf-16")
    parts = {f"{encoding}.json": record.encode(encoding) for record, encoding in zip(records, encodings, strict=True)}

    batch = import_bytes(packed(**parts))

    assert batch.counts["new"] == 4, complained(batch)
    assert set(Message.objects.values_list("nick", flat=True)) == {f"客户{number}" for number in range(4)}


def test_paths_in_an_archive_lead_nowhere(tmp_path: Path):
    evil = packed(**{"../../../etc/evil.json": as_json(exported("小溪流水", TALK)), "/abs/olute.exe": b"MZ"})

    batch = import_bytes(evil, names=["a.zip"])

    assert texts() == BOTH
    assert [one["file"] for one in batch.complaints] == ["a.zip//abs/olute.exe"]


def test_the_same_messages_inside_of_a_file_and_across_files_and_out_of_order_count_once():
    customer, backwards = exported("小溪流水", TALK), exported("小溪流水", TALK[::-1])
    batch = import_bytes(as_json(customer, backwards), archive(backwards), as_json(customer))

    assert texts() == BOTH
    assert (batch.counts["new"], batch.counts["unchanged"]) == (2, 6)
    assert Conversation.objects.get().turns.get().seconds == 30


def test_messages_of_another_age_are_refused_row_by_row():
    old = ("小溪流水", "1970-01-01 08:00:00", "第一句")
    future = ("小溪流水", "2027-01-01 00:00:00", "未来")
    with translation.override("en"):
        batch = import_bytes(as_json(exported("小溪流水", [old, *TALK, future])), names=["a.json"])

    assert texts() == BOTH
    assert [(one["file"], one["row"], one["column"]) for one in batch.complaints] == [
        ("a.json", 1, "time"),
        ("a.json", 4, "time"),
    ]
    assert complained(batch)[1] == "The time lies in the future."


@pytest.mark.parametrize("nick", ["小溪🌊流水", "小溪\n流水\t\\N", "溪" * 10_000])
def test_nicks_nobody_would_have(nick: str):
    content = as_json(exported(nick, [(nick, TALK[0][1], "在吗"), TALK[1]]))
    batch = import_bytes(content)

    assert (batch.state, batch.counts["new"], batch.counts["conversations"]) == (FileState.DONE, 2, 1)
    assert Message.objects.get(text="在吗").sender == 1
    assert import_bytes(content).counts["new"] == 0
    assert bool(complained(batch)) == (len(nick) > 100), "who is shortened is told of"


def test_a_message_of_five_megabytes_is_shortened_and_said_so():
    with translation.override("en"):
        batch = import_bytes(as_json(exported("小溪流水", [TALK[0], ("云杉:小娜", TALK[1][1], "长" * 2_000_000)])))

    assert [len(text) for text in texts()] == [2, 20_000]
    assert complained(batch) == ["The message is very long; its first 20000 characters are kept."] * len(
        batch.complaints
    )
    assert batch.complaints[0]["row"] == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'[\n{"user": "x", "chats": []},\n{"user": ', "a.json: The JSON is damaged .* line 3 on"),
        (b"", "a.json: The file is empty"),
        (b"PK\x03\x04" + b"\0" * 400, "a.json: The archive is damaged"),
        (archive(exported("小溪流水", TALK))[:-60], "a.json: The archive is damaged"),
    ],
)
def test_what_is_torn_is_refused_with_its_name_and_place_and_takes_the_good_file_with_it(content: bytes, words: str):
    good = as_json(exported("小溪流水", TALK))
    with translation.override("en"):
        batch = import_bytes(good, content, names=["good.json", "a.json"])

    assert batch.state == FileState.REFUSED
    assert re.search(words, batch.sentence)
    assert texts() == []
    with translation.override("zh-hans"):
        again = import_bytes(good, content, names=["good.json", "a.json"])
    assert again.sentence.startswith("a.json：")
    assert again.sentence != batch.sentence


def test_a_big_json_torn_in_the_middle_says_from_which_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("shopops.taobao.chats.exported.LONGEST_OBJECT", 400)
    monkeypatch.setattr("shopops.taobao.chats.exported.BLOCK", 64)
    records = [json.dumps(exported(f"客户{number}", TALK), ensure_ascii=False) for number in range(9)]
    torn = ("[" + ",\n".join(records)).encode()[:-200]
    with translation.override("en"):
        batch = import_bytes(torn)

    assert batch.state == FileState.REFUSED
    assert "line 9 on" in batch.sentence
    assert texts() == []


def test_a_part_of_an_archive_whose_bytes_were_changed_refuses_it_whole():
    content = bytearray(archive(exported("小溪流水", TALK), exported("晴天", TALK)))
    content[60] ^= 0xFF

    assert import_bytes(bytes(content)).state == FileState.REFUSED
    assert texts() == []


@pytest.mark.parametrize("kind", [FileKind.REVIEWS, FileKind.REFUNDS, FileKind.PRESENCE, FileKind.AGENT_DAYS])
def test_chats_given_as_something_else_are_refused_with_a_sentence(kind: FileKind):
    batch = import_bytes(archive(exported("小溪流水", TALK)), kind=kind)

    assert batch.state == FileState.REFUSED
    assert batch.sentence


def test_reviews_given_as_chats_are_refused_with_a_sentence():
    batch = import_bytes("订单编号,评价内容,评价时间\n1,好,2026-11-20 09:00:00\n".encode(), names=["评价.csv"])

    assert batch.state == FileState.REFUSED
    assert batch.sentence.startswith("评价.csv")


def test_rows_left_out_of_an_archive_come_back_on_one_sheet_with_their_customer(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("service.imports.running.MOST_REJECTED", 3)
    wrong: list[Any] = [("晴天", "2036-01-01 00:00:00", "未来")]
    batch = import_bytes(archive(*[exported(f"客户{number}", wrong) for number in range(5)]), names=["a.zip"])

    assert batch.counts["refused"] == 5
    with batch.rejected.open("rb") as file:
        (sheet,) = openpyxl.load_workbook(file).worksheets
        rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert len(rows) == 3
    assert "0_客户0.json: " in str(rows[0][-1])


def test_an_import_killed_in_the_middle_leaves_nothing_and_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a.json"
    path.write_bytes(as_json(exported("小溪流水", TALK), exported("晴天", [("晴天", TALK[0][1], "有货吗")])))
    uploads = [Upload(path, "a.json")]
    with monkeypatch.context() as patch:
        patch.setattr("service.imports.chat_rows.PORTION", 1)
        calls = []

        def killed(*_args: Any, **_more: Any) -> int:
            calls.append(1)
            if len(calls) > 1:
                raise KeyboardInterrupt
            return work(*_args, **_more)

        from service.imports import chats

        work = chats._cut
        patch.setattr(chats, "_cut", killed)
        with pytest.raises(KeyboardInterrupt):
            import_files(uploads, kind=FileKind.CHATS, by=None, at=NOON)
    assert texts() == []
    batch = FileImport.objects.get()
    assert batch.state == FileState.READING

    assert run_import(batch, uploads, at=NOON).state == FileState.DONE
    assert len(texts()) == 3


@pytest.mark.django_db(transaction=True)
def test_the_same_file_imported_twice_at_once_is_there_once(tmp_path: Path):
    path = tmp_path / "a.zip"
    customers = [exported(f"客户{number}", [(f"客户{number}", TALK[0][1], "在吗"), TALK[1]]) for number in range(30)]
    path.write_bytes(archive(*customers))
    found: list[FileImport] = []

    def work() -> None:
        try:
            found.append(import_files([Upload(path, "a.zip")], kind=FileKind.CHATS, by=None, at=NOON))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [batch.state for batch in found] == [FileState.DONE] * 2
    assert sorted(batch.counts["new"] for batch in found) == [0, 60]
    assert (Message.objects.count(), Conversation.objects.count()) == (60, 30)


def test_a_workbook_too_big_to_be_held_is_refused_and_csv_advised(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("shopops.taobao.chats.MOST_OF_A_WORKBOOK", 1000)
    book = openpyxl.Workbook()
    stream = BytesIO()
    book.save(stream)
    with translation.override("en"):
        batch = import_bytes(stream.getvalue(), names=["a.xlsx"])

    assert batch.state == FileState.REFUSED
    assert batch.sentence.startswith("a.xlsx: The workbook is too big")
    assert "CSV" in batch.sentence
