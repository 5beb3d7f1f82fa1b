"""A day of chats from the file to the points: every clock is missed once and charged once to the right person."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine

from service.actions.conversations import annotate_conversation
from service.imports import Upload, import_files
from service.models import Conversation
from service.states import FileKind, FileState
from staff.actions.jobs import run_job
from staff.actions.tally import tally_day
from staff.models import JobRun, Offence, PointEntry
from tests.factories.duty import a_duty, a_presence
from tests.factories.rulebook import at, cast_with_book

pytestmark = pytest.mark.django_db
FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)
NINA, YUE = "云杉:小娜", "云杉:小悦"
MORNING = at("2026-11-24 09:30")


def chat(buyer: str, *lines: tuple[str, str, str]) -> dict:
    """Return what the exporter writes of one customer."""
    said = [
        {"date": stamp[:10], "time": stamp[11:], "sender": sender, "text": text, "imgUrl": ""}
        for stamp, sender, text in lines
    ]
    return {"user": buyer, "exportTime": "2026-11-24 09:00:00", "count": len(said), "chats": said}


TALKS = (
    chat(
        "准时的买家",
        ("2026-11-20 10:00:00", "准时的买家", "这款有黑色吗"),
        ("2026-11-20 10:00:45", NINA, "亲，有的"),
        ("2026-11-20 10:01:30", "准时的买家", "谢谢"),
    ),
    chat(
        "首句等久的买家",
        ("2026-11-20 10:10:00", "首句等久的买家", "什么时候发货"),
        ("2026-11-20 10:10:46", NINA, "今天 18 点前"),
    ),
    chat(
        "追问等久的买家",
        ("2026-11-20 18:30:00", "追问等久的买家", "尺码怎么选"),
        ("2026-11-20 18:30:20", YUE, "看身高体重"),
        ("2026-11-20 18:31:00", "追问等久的买家", "170 呢"),
        ("2026-11-20 18:34:01", YUE, "选 L"),
    ),
    chat(
        "没人理的买家",
        ("2026-11-20 16:40:00", "没人理的买家", "在吗"),
        ("2026-11-20 16:40:30", NINA, "在的"),
        ("2026-11-20 16:41:00", "没人理的买家", "破损怎么赔"),
    ),
    chat(
        "半夜的买家",
        ("2026-11-22 03:00:00", "半夜的买家", "明天能到吗"),
        ("2026-11-23 09:10:00", NINA, "今天派送"),
    ),
    chat(
        "有批注的买家",
        ("2026-11-22 03:30:00", "有批注的买家", "发票怎么开"),
        ("2026-11-23 09:20:00", NINA, "订单页申请"),
    ),
)


@pytest.fixture
def cast():
    people = cast_with_book(at=at("2026-11-01 08:00"))
    for day in (FRIDAY, MONDAY):
        a_duty(people["lina"], day, "early")
        a_duty(people["sunyue"], day, "late")
    a_presence(people["lina"], "online", "2026-11-20 08:00", "2026-11-20 12:10")
    a_presence(people["lina"], "away", "2026-11-20 12:10", "2026-11-20 12:40")
    a_presence(people["lina"], "online", "2026-11-20 12:40", "2026-11-20 17:00")
    a_presence(people["lina"], "idle", "2026-11-20 15:00", "2026-11-20 15:05", source="check")
    a_presence(people["sunyue"], "online", "2026-11-20 15:00", "2026-11-20 23:30")
    return people


def imported(tmp_path: Path, *talks: dict):
    """Import the chats as they come out of the exporter, one file a customer."""
    uploads = []
    for talk in talks:
        path = tmp_path / f"{talk['user']}.json"
        path.write_text(json.dumps(talk, ensure_ascii=False), encoding="utf-8")
        uploads.append(Upload(path, path.name))
    return import_files(uploads, kind=FileKind.CHATS, by=None, at=MORNING)


def tally_what_came_in() -> None:
    """Run the job that an import leaves."""
    with time_machine.travel(MORNING, tick=False):
        run_job(JobRun.objects.get(job="staff.tally_again"), at=MORNING)


def charged() -> dict[str, list[tuple[str, Decimal]]]:
    """Return clause → who paid how much for the days of the chats."""
    found: dict[str, list[tuple[str, Decimal]]] = {}
    entries = PointEntry.objects.filter(offence__clause__number__startswith="CS-").exclude(points=0)
    for entry in entries.select_related("offence__clause", "employee").order_by("employee__name_pinyin"):
        found.setdefault(entry.offence.clause.number, []).append((entry.employee.name, entry.points))
    return found


def test_every_miss_is_charged_once_to_the_right_person_with_the_messages_as_evidence(cast, tmp_path):
    batch = imported(tmp_path, *TALKS)
    assert (batch.state, batch.counts["conversations"]) == (FileState.DONE, 6)
    kept = Conversation.objects.get(buyer__nick="有批注的买家")
    annotate_conversation(kept, "已告知在订单页申请发票", by=cast["lina"], at=at("2026-11-23 09:25"))

    tally_what_came_in()

    assert charged() == {
        "CS-048": [("李娜", Decimal(-1))],
        "CS-049": [("何洁", Decimal(-2)), ("李娜", Decimal(-1))],
        "CS-053": [("李娜", Decimal("-1.5")), ("李娜", Decimal("-1.5"))],
        "CS-060": [("李娜", Decimal(-1))],
    }
    slow = Offence.objects.get(clause__number="CS-060")
    assert (slow.facts["question"], slow.facts["answer"], slow.facts["seconds"]) == (
        "什么时候发货", "今天 18 点前", 46,
    )  # fmt: skip
    warned = Offence.objects.get(clause__number="CS-058", employee=cast["sunyue"])
    assert (warned.facts["question"], warned.facts["seconds"]) == ("170 呢", 181)
    by_day = {one.day: one for one in Offence.objects.filter(clause__number="CS-053")}
    assert set(by_day) == {FRIDAY, MONDAY}
    assert by_day[MONDAY].subject_id == Conversation.objects.get(buyer__nick="半夜的买家").pk


def test_the_same_files_again_and_a_second_tally_charge_nothing_more(cast, tmp_path):
    imported(tmp_path, *TALKS)
    tally_what_came_in()
    before = charged()

    again = imported(tmp_path, *reversed(TALKS))
    for day in (FRIDAY, MONDAY):
        tally_day(day, at=MORNING)

    assert again.counts["new"] == 0
    assert JobRun.objects.filter(job="staff.tally_again").count() == 1
    assert charged() == before


def test_whoever_is_charged_opens_the_evidence_down_to_the_messages(cast, tmp_path, client):
    imported(tmp_path, *TALKS)
    tally_what_came_in()
    client.force_login(cast["lina"])

    slow = Offence.objects.get(clause__number="CS-060")
    page = client.get(slow.get_absolute_url()).content.decode()
    talk = client.get(slow.url).content.decode()

    assert "什么时候发货" in page
    assert slow.url in page
    assert "今天 18 点前" in talk
