"""Files of evidence: taken by what is in them, kept under names nobody guesses, handed out to whom they concern."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st

from shopops.kit.file_kinds import DamagedFileError, kind_of
from shopops.kit.refusals import Refused
from staff.actions.appeals import file_appeal
from staff.actions.cases import report_case
from staff.actions.evidence_files import checked_files, shown_name
from staff.models import Attachment, Event
from staff.queries.files import icon_of, size_in_words
from tests.factories.cases import archive, charge, clause_of, picture, png
from tests.factories.rulebook import at

NOW = at("2026-11-17 10:00")
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + b"\xff\xda\x00\x02\x00\xff\xd9"
MP4 = b"\x00\x00\x00\x10ftypisom\x00\x00\x00\x00" + b"\x00\x00\x00\x08moov" + b"\x00\x00\x00\x08mdat"
WEBP = b"RIFF" + (12).to_bytes(4, "little") + b"WEBPVP8 \x00\x00\x00\x00"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
XLSX = archive("[Content_Types].xml", "xl/workbook.xml")
DOCX = archive("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("png", picture()),
        ("jpg", JPG),
        ("webp", WEBP),
        ("pdf", PDF),
        ("mp4", MP4),
        ("xlsx", XLSX),
        ("docx", DOCX),
        ("txt", "10:02 买家：在吗？\r\n".encode()),
        ("txt", "十点零二分".encode("gb18030")),
        ("", b"MZ\x90\x00\x03"),
        ("", b"<html><script>alert(1)</script>"),
        ("", b"\xef\xbb\xbf  <svg onload=x>"),
        ("", b"GIF89a\x01\x00"),
        ("", archive("evil.exe")),
        ("", archive("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin")),
        ("", b"\x00\x01\x02\x03"),
        ("", b""),
    ],
)
def test_a_file_is_what_is_in_it(kind, content):
    assert kind_of(io.BytesIO(content)) == kind


@pytest.mark.parametrize("content", [picture()[:-8], JPG[:20], WEBP[:14], PDF[:-6], MP4[:-3], XLSX[: len(XLSX) // 2]])
def test_a_file_that_was_cut_off_is_damaged(content):
    with pytest.raises(DamagedFileError):
        kind_of(io.BytesIO(content))


@settings(max_examples=200, deadline=None)
@given(
    start=st.sampled_from([b"", picture()[:30], JPG[:12], b"RIFF", b"%PDF-", b"PK\x03\x04", MP4[:20], b"<"]),
    rest=st.binary(max_size=200),
)
def test_whatever_is_sent_is_known_unknown_or_damaged(start, rest):
    with suppress(DamagedFileError):
        assert kind_of(io.BytesIO(start + rest)) in {"png", "jpg", "webp", "pdf", "mp4", "xlsx", "docx", "txt", ""}


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\a\\截图.png", "截图.png"),
        ("a\u202egnp.exe.txt", "agnp.exe.txt"),
        ("x\r\nSet-Cookie: a=b.txt", "xSet-Cookie: a=b.txt"),
        ("…" * 300 + ".png", "…" * 80 + ".png"),
        ("...", "文件"),
        ("", "文件"),
    ],
)
def test_hostile_names_become_plain_ones(given_name, shown):
    assert shown_name(given_name) == shown


def test_a_name_follows_the_content_and_not_the_other_way(db):
    assert [one.name for one in checked_files([png("发票.exe"), png("图.png"), SimpleUploadedFile("a.JPEG", JPG)])] == [
        "发票.exe.png",
        "图.png",
        "a.JPEG",
    ]


def test_what_cannot_be_taken_is_said_in_a_sentence(db, settings):
    for content, word in (
        (b"", "空文件"),
        (picture()[:-8], "已损坏"),
        (b"MZ\x90", "不是图片"),
        (b"x" * 21 * 1024 * 1024, "20 MB"),
    ):
        with pytest.raises(Refused, match=word):
            checked_files([SimpleUploadedFile("证据.png", content)])
    with pytest.raises(Refused, match="最多 9"):
        checked_files([png() for _number in range(10)])


def test_files_are_downloads_for_whom_the_matter_concerns(cast, client, media):
    appeal = file_appeal(charge(cast["lina"]), text="不对", files=[png("聊天 截图.png")], by=cast["lina"], at=NOW)
    file = appeal.files.get()
    assert "聊天" not in file.file.name
    assert (media / file.file.name).exists()
    address = f"/evidence/{file.pk}/"
    assert client.get(address).status_code == 302
    for name, status in (("lina", 200), ("hejie", 200), ("chenjing", 200), ("sunyue", 404), ("wangqiang", 404)):
        client.force_login(cast[name])
        answer = client.get(address)
        assert answer.status_code == status, name
        if status == 200:
            assert b"".join(answer.streaming_content) == picture()
            assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert answer["Content-Type"] == "image/png"
    assert list(
        Event.objects.filter(verb="staff.file_taken").order_by("pk").values_list("by__username", flat=True)
    ) == [
        "hejie",
        "chenjing",
    ]


def test_files_of_a_case_are_not_for_the_person_before_it_is_decided(cast, client):
    case = report_case(
        clause=clause_of("DATA-018"), employee=cast["lina"], happened_at=NOW, text="外传", files=[png()],
        by=cast["hejie"], at=NOW,
    )  # fmt: skip
    client.force_login(cast["lina"])
    assert client.get(f"/evidence/{case.files.get().pk}/").status_code == 404
    assert client.get(case.get_absolute_url()).status_code == 404


def test_a_file_gone_from_the_disk_is_a_sentence(cast, client, media):
    appeal = file_appeal(charge(cast["lina"]), text="不对", files=[png()], by=cast["lina"], at=NOW)
    (media / appeal.files.get().file.name).unlink()
    client.force_login(cast["lina"])
    answer = client.get(f"/evidence/{appeal.files.get().pk}/")
    assert answer.status_code == 409
    assert "文件已不在磁盘上" in answer.content.decode()


def test_refused_files_leave_nothing_behind(cast, media):
    with pytest.raises(Refused):
        file_appeal(
            charge(cast["lina"]),
            text="不对",
            files=[png(), SimpleUploadedFile("a.exe", b"MZ\x90\x00")],
            by=cast["lina"],
            at=NOW,
        )
    assert not Attachment.objects.exists()
    assert not [one for one in media.rglob("*") if one.is_file()]


def test_files_are_shown_with_icon_and_size():
    assert [icon_of(name) for name in ("a.PNG", "b.xlsx", "c.pdf")] == ["image", "file-spreadsheet", "file-text"]
    assert [size_in_words(size) for size in (10, 2048, 3 * 1024 * 1024)] == ["1 KB", "2 KB", "3.0 MB"]
