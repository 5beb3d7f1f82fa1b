"""Import of chats: against "parse + COPY + insert" of the same messages into the same tables."""

from __future__ import annotations

import hashlib
import json
import os
import random
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tools.bench.registry import Result, bench, in_turn, median_ratio
from tools.dev.places import say

MESSAGES = int(os.environ.get("BENCH_MESSAGES", "1000000"))
A_TALK = 10
GOAL = 0.5
ASKED = (
    "在吗",
    "这款什么时候发货呀",
    "有没有大一码的，我身高一米七",
    "能不能便宜一点",
    "发什么快递",
    "好的，那我再看看颜色",
)
ANSWERED = (
    "亲，在的，请问有什么可以帮您",
    "亲，今天 16 点前拍下的当天发货哦",
    "亲，建议拍 L 码，版型偏修身，按平时穿的选就可以",
    "亲，满 300 减 30，页面上可以领券的哦",
    "默认发中通，需要顺丰可以补差价",
    "好的亲，有任何问题随时联系我",
)
AGENTS = tuple(f"云杉:客服{number:02}" for number in range(20))


def write_archive(folder: Path, messages: int) -> Path:
    """Write the exporter's archive of so many messages, ten a buyer on one of 30 days."""
    dice = random.Random(41)
    path = folder / "千牛聊天记录_2026-06-30.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(messages // A_TALK):
            user, agent = f"bench买家{number:07}", AGENTS[number % len(AGENTS)]
            day = f"2026-06-{1 + number % 30:02}"
            second = 8 * 3600 + dice.randrange(13 * 3600)
            chats = []
            for place in range(A_TALK):
                second += dice.randrange(4, 90)
                clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
                who, text = (user, dice.choice(ASKED)) if place % 2 == 0 else (agent, dice.choice(ANSWERED))
                chats.append({"date": day, "time": clock, "sender": who, "text": text, "imgUrl": ""})
            record = {"user": user, "exportTime": "2026-06-30 23:59:00", "count": A_TALK, "chats": chats}
            archive.writestr(f"{user}.json", json.dumps(record, ensure_ascii=False))
    return path


def empty_tables() -> None:
    """Remove all conversations, leave the people and their duties."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE service_turn, service_message, service_conversation, service_buyer, service_fileimport"
            " RESTART IDENTITY CASCADE"
        )
        cursor.execute("VACUUM ANALYZE service_message, service_conversation, service_turn, service_buyer")
        cursor.execute("CHECKPOINT")


def make_people() -> None:
    """Make a shop, twenty agents with sub-accounts, and their duties for the month."""
    from django.db import connection

    from staff.actions.shifts import load_shifts
    from staff.models import Employee, Shift, Shop, SubAccount

    shop = Shop.objects.get_or_create(name="云杉旗舰店")[0]
    from shopops.kit.clock import now

    load_shifts(at=now())
    shifts = list(Shift.objects.filter(code__in=("early", "late")).order_by("code"))
    for number, nick in enumerate(AGENTS):
        employee = Employee.objects.get_or_create(
            username=f"bench{number}", defaults={"employee_number": f"X{number:03}", "name": f"客服{number}"}
        )[0]
        SubAccount.objects.get_or_create(nick=nick, defaults={"employee": employee, "shop": shop})
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO staff_duty (employee_id, day, shift_id, starts_at, ends_at, state, note)
                SELECT %s, d::date, %s, d::date::timestamp AT TIME ZONE 'Asia/Shanghai' + %s,
                    d::date::timestamp AT TIME ZONE 'Asia/Shanghai' + %s + %s * interval '1 minute', 'planned', ''
                FROM generate_series('2026-06-01'::date, '2026-06-30'::date, '1 day') d
                ON CONFLICT DO NOTHING
                """,
                [
                    employee.pk,
                    shifts[number % 2].pk,
                    _since_midnight(shifts[number % 2].starts),
                    _since_midnight(shifts[number % 2].starts),
                    shifts[number % 2].minutes,
                ],
            )


def _since_midnight(clock: object) -> str:
    return f"{clock.hour} hours"  # type: ignore[attr-defined]  # a time of day


def our_import(path: Path) -> None:
    """Import as the command does."""
    from service.imports import Upload, import_files
    from service.states import FileKind, FileState
    from shopops.kit.clock import now

    batch = import_files([Upload(path, path.name)], kind=FileKind.CHATS, by=None, at=now())
    if batch.state != FileState.DONE or batch.counts["new"] != MESSAGES:
        raise SystemExit(f"the import did not do its work: {batch.sentence or batch.counts}")


def anchor_import(path: Path) -> None:
    """Parse, COPY and insert: the shortest way the same messages get into the same table, one conversation a buyer."""
    from django.db import connection, transaction

    from staff.models import Shop, SubAccount

    shop = Shop.objects.order_by("pk")[0].pk
    people = dict(SubAccount.objects.values_list("nick", "employee_id"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE anchor (buyer text, sender smallint, nick text, employee bigint, at timestamptz,"
            " text text, digest uuid) ON COMMIT DROP"
        )
        with cursor.copy("COPY anchor FROM STDIN") as copy, zipfile.ZipFile(path) as archive:
            rows: list[str] = []
            for name in archive.namelist():
                record = json.loads(archive.read(name))
                user = record["user"]
                for chat in record["chats"]:
                    who, text = chat["sender"], chat["text"]
                    at = f"{chat['date']} {chat['time']}+08"
                    digest = hashlib.md5(f"{user}{at}{who}{text}".encode(), usedforsecurity=False).hexdigest()
                    sender, employee = (1, "\\N") if who == user else (2, people.get(who, "\\N"))
                    rows.append(f"{user}\t{sender}\t{who}\t{employee}\t{at}\t{text}\t{digest}\n")
                if len(rows) > 4000:  # noqa: PLR2004
                    copy.write("".join(rows).encode())
                    rows = []
            copy.write("".join(rows).encode())
        cursor.execute(
            """INSERT INTO service_buyer (nick, name, phone, phone_tail, province, city, birthday, tags, remark,
            first_seen_at, orders, paid, refunded, talks, after_sales, complaints, bad_reviews, is_lost)
            SELECT buyer, '', '', '', '', '', '', '{}', '', min(at), 0, 0, 0, 0, 0, 0, 0, false
            FROM anchor GROUP BY buyer"""
        )
        cursor.execute(
            """INSERT INTO service_conversation (shop_id, buyer_id, channel, state, opened_at, last_at, report_day,
            is_night, buyer_messages, agent_messages, robot_messages, preview, order_number, annotation, cut_by)
            SELECT %s, b.id, 'chat', 'open', min(a.at), max(a.at), min(a.at)::date, false, 5, 5, 0, '', '', '', 1
            FROM anchor a JOIN service_buyer b ON b.nick = a.buyer GROUP BY b.id""",
            [shop],
        )
        cursor.execute(
            """INSERT INTO service_message (conversation_id, buyer_id, sender, nick, employee_id, at, kind, text,
            digest)
            SELECT c.id, b.id, a.sender, a.nick, a.employee, a.at, 1, a.text, a.digest
            FROM anchor a JOIN service_buyer b ON b.nick = a.buyer JOIN service_conversation c ON c.buyer_id = b.id"""
        )


@bench("import.chats")
def chats(rounds: int) -> Iterator[Result]:
    """Import a million messages, with sessions and turns cut and timed, against the anchor, which only stores them."""
    make_people()
    with tempfile.TemporaryDirectory() as folder:
        path = write_archive(Path(folder), MESSAGES)
        say(f"    {MESSAGES:,} messages, {path.stat().st_size / 2**20:.0f} MB packed")
        ours, anchor = in_turn(rounds, lambda: our_import(path), lambda: anchor_import(path), before=empty_tables)
        yield Result(
            "import.chats speed of the anchor",
            median(ours),
            median(anchor),
            GOAL,
            "more",
            ratio=median_ratio(anchor, ours),
            note=f"{MESSAGES / median(ours):,.0f} messages/s with sessions and turns",
        )
