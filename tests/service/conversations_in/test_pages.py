"""The page of service imports: kinds told apart, columns asked for once, what came of it."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from service.actions.sub_accounts import attribute_messages
from service.imports.uploads import import_stored
from service.models import ColumnMapping, FileImport, Message
from service.states import FileKind, FileState
from staff.models import SubAccount
from tests.factories.chat_files import archive, exported, import_bytes
from tests.factories.staff import NOON, EmployeeFactory, ShopFactory, employee_with

pytestmark = pytest.mark.django_db
TALK = [("小溪流水", "2026-11-20 09:00:00", "在吗"), ("云杉:小白", "2026-11-20 09:00:30", "在的亲")]
OWN = "顾客ID,谁说的,什么时候,说了什么\n小溪流水,小溪流水,2026-11-20 09:00:00,在吗\n"


@pytest.fixture
def clerk(client: Client) -> Client:
    ShopFactory()
    client.force_login(employee_with("service.import_service_files", "service.view_agentday", username="zhaomin"))
    return client


def upload(client: Client, **files: bytes) -> None:
    reports = [SimpleUploadedFile(name.replace("__", "."), content) for name, content in files.items()]
    client.post(reverse("service:file_upload"), {"reports": reports})


def work(batch: FileImport) -> FileImport:
    """Do what the worker does."""
    batch.refresh_from_db()
    return import_stored(batch, at=NOON, step=lambda _done, _total, _words: None)


def test_files_are_told_apart_by_what_stands_in_them(clerk: Client):
    clerks = "旺旺昵称,咨询人数,接待人数,日期\n云杉:小白,3,2,2026-11-19\n".encode()
    log = "旺旺昵称,状态,开始时间,结束时间\r\n云杉:小白,在线,2026-11-20 08:00:00,2026-11-20 12:00:00\r\n".encode(
        "gb18030"
    )
    upload(clerk, a__zip=archive(exported("小溪流水", TALK)), b__csv=clerks, c__csv=log)

    kinds = {FileKind.CHATS, FileKind.AGENT_DAYS, FileKind.PRESENCE}
    assert set(FileImport.objects.values_list("kind", flat=True)) == kinds
    assert {work(batch).state for batch in FileImport.objects.all()} == {FileState.DONE}
    assert not FileImport.objects.filter(files__0__has_key="stored").exists()


def test_an_unknown_spreadsheet_asks_for_its_columns_once(clerk: Client):
    upload(clerk, own__csv=OWN.encode())
    batch = FileImport.objects.get()
    page = clerk.get(reverse("service:file_import", args=[batch.pk]))
    assert "顾客ID" in page.content.decode()

    columns = {"buyer": "顾客ID", "sender": "谁说的", "time": "什么时候", "text": "说了什么"}
    clerk.post(
        reverse("service:file_import_columns", args=[batch.pk]),
        {"kind": "chats", "name": "老系统", **{f"column_{name}": value for name, value in columns.items()}},
    )
    assert ColumnMapping.objects.get().columns == columns
    assert work(batch).state == FileState.DONE
    assert Message.objects.count() == 1

    upload(clerk, own__csv=OWN.replace("在吗", "还在吗").encode())
    assert work(FileImport.objects.first() or batch).counts["new"] == 1


def test_a_needed_column_that_is_not_chosen_is_a_sentence(clerk: Client):
    upload(clerk, own__csv=OWN.encode())
    batch = FileImport.objects.get()
    clerk.post(reverse("service:file_import_columns", args=[batch.pk]), {"kind": "chats", "name": "x"})

    assert not ColumnMapping.objects.exists()


def test_a_newcomer_named_on_the_page_has_their_messages(clerk: Client):
    batch = import_bytes(archive(exported("小溪流水", TALK)))
    page = clerk.get(reverse("service:file_import", args=[batch.pk]))
    assert "云杉:小白" in page.content.decode()

    newcomer = EmployeeFactory(username="baixue", name="白雪")
    clerk.post(reverse("service:file_import_nick", args=[batch.pk]), {"nick": "云杉:小白", "employee": newcomer.pk})
    assert attribute_messages("云杉:小白", at=NOON) == 1
    assert SubAccount.objects.get().employee == newcomer
    assert Message.objects.get(nick="云杉:小白").conversation.turns.get().employee == newcomer


def test_a_rehearsal_is_imported_for_real_from_its_page(clerk: Client):
    report = SimpleUploadedFile("a.zip", archive(exported("小溪流水", TALK)))
    clerk.post(reverse("service:file_upload"), {"reports": [report], "rehearse": "on"})
    rehearsal = work(FileImport.objects.get())
    assert not Message.objects.exists()

    clerk.post(reverse("service:file_import_repetition", args=[rehearsal.pk]))
    assert work(FileImport.objects.exclude(pk=rehearsal.pk).get()).state == FileState.DONE
    assert Message.objects.count() == 2


@pytest.mark.parametrize("content", [b"", b"%PDF-", b"PK\x03\x04", "随便一段话".encode()])
def test_what_nobody_reads_is_refused_with_a_sentence_and_never_an_error(clerk: Client, content: bytes):
    upload(clerk, x__bin=content)
    for batch in FileImport.objects.all():
        assert work(batch).state in {FileState.REFUSED, FileState.WAITING}
        assert clerk.get(reverse("service:file_import", args=[batch.pk])).status_code == 200


def test_lists_open(clerk: Client):
    import_bytes(archive(exported("小溪流水", TALK)))

    assert clerk.get(reverse("service:imports")).status_code == 200
    assert clerk.get(reverse("service:agent_days")).status_code == 200
