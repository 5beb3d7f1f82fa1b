"""Chat records in: rows are staged as they are read, then buyers, sessions, messages and turns are written set by set.

A message is known by buyer, time, sender, words and which of several equal ones in a second it is; so importing again,
in other files or in another order, adds nothing that is there (ADR 0037).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from service.actions.cutting import begin_cutting, closing_condition, closing_pattern, cut_messages, next_number
from service.imports.chat_rows import BLOCKS_AHEAD, Met, Portion, copy_portion, staged_texts, voices_now
from service.imports.registry import Field, Peek, register_reader
from service.imports.running import Run
from service.models import Buyer
from service.policy import cutting as policy
from service.states import FileKind
from shopops.kit.ahead import ReadAhead
from shopops.kit.clock import shop_day
from shopops.taobao.chats import FIELDS, columns_of, looks_copied
from shopops.taobao.chats.tables import NEEDED
from staff.models import Shop

LABELS = {
    "buyer": _("buyer's nick"),
    "sender": _("who says it"),
    "time": _("time"),
    "text": _("what is said"),
    "shop": _("shop"),
    "kind": _("kind of message"),
}


def recognises(peek: Peek) -> bool:
    """Say whether a file holds chats: exported JSON, copied text, or a table with the four columns needed."""
    if peek.form in {"json", "zip"}:
        return peek.form == "zip" or '"chats"' in peek.start or '"sender"' in peek.start
    if peek.start and looks_copied(peek.start):
        return True
    return any(all(field in columns_of(row) for field in NEEDED) for sheet in peek.sheets for row in sheet[:10])


def load_chats(run: Run) -> None:
    """Read the files and write what is new in them, a portion at a time in one transaction.

    While the database works on a portion the next one is read. What a portion holds makes no difference to sessions and
    turns, for the same messages give the same in whatever order they come.
    """
    met, cutting = Met(), _now("Cutting conversations")
    known = buyers = turns = 0
    texts = staged_texts(run, met, voices_now(), run.mapping)
    with connection.cursor() as cursor, ReadAhead(texts, most=BLOCKS_AHEAD) as ahead:
        begin_cutting(cursor)
        cursor.execute("DROP TABLE IF EXISTS pg_temp.chat_cut")
        cursor.execute("CREATE TEMPORARY TABLE chat_cut (id bigint PRIMARY KEY, is_new boolean) ON COMMIT DROP")
        while (portion := copy_portion(cursor, ahead)) is not None:
            run.step(portion.done, run.size, cutting)
            begin_cutting(cursor)
            cursor.execute("ANALYZE chat_stage (buyer)")
            buyers += _make_buyers(cursor, at=run.at)
            known += portion.rows - _take_messages(cursor, run, portion)
            turns += _cut(cursor, run)
            run.step(portion.done, run.size, portion.file)
        cursor.execute(
            "SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM chat_cut JOIN"
            " service_conversation USING (id)"
        )
        new, changed = cursor.fetchone()
    run.counts |= {
        "rows": met.rows,
        "new": met.rows - known,
        "unchanged": known,
        "buyers": buyers,
        "conversations": new,
        "conversations_changed": changed,
        "turns": turns,
        "unknown_agents": dict(met.unknown),
    }


def _cut(cursor: Any, run: Run) -> int:
    """Cut what a portion brought; return how many turns that are."""
    cursor.execute("SELECT min(at) FROM cut_message WHERE conversation_id IS NULL")
    first = cursor.fetchone()[0]
    if first is None:
        return 0
    run.first_day = min(run.first_day or shop_day(first), shop_day(first))
    silent_since = run.at - timedelta(minutes=policy.SESSION_MINUTES())
    cut = cut_messages(cursor, at=run.at, batch_id=run.batch.pk, silent_since=silent_since)
    cursor.execute("INSERT INTO chat_cut SELECT conversation_id, is_new FROM cut_session ON CONFLICT (id) DO NOTHING")
    cursor.execute(
        "SET CONSTRAINTS ALL IMMEDIATE"
    )  # what was just written is at hand, and the files are read meanwhile
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return cut.turns


def _make_buyers(cursor: Any, *, at: datetime) -> int:
    """Make the buyers nobody has seen yet, and the table `chat_buyer` of all in the files; return how many are new."""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.chat_buyer")
    cursor.execute(
        """
        CREATE TEMPORARY TABLE chat_buyer ON COMMIT DROP AS
        SELECT s.buyer AS nick, s.first_at, b.id AS buyer_id,
            b.id IS NOT NULL AND EXISTS (
                SELECT 1 FROM service_conversation c WHERE c.buyer_id = b.id AND c.channel = 'chat'
            ) AS stored
        FROM (SELECT buyer, min(at) AS first_at FROM chat_stage GROUP BY buyer) s
        LEFT JOIN service_buyer b ON b.nick = s.buyer
        """
    )
    blank = Buyer()
    others = {
        str(field.column): field.get_db_prep_save(getattr(blank, field.attname), connection)
        for field in Buyer._meta.concrete_fields
        if field.attname not in {"id", "nick", "first_seen_at"}
    }
    cursor.execute(
        f"""
        INSERT INTO service_buyer (nick, first_seen_at, {", ".join(others)})
        SELECT nick, least(first_at, %s), {", ".join(["%s"] * len(others))}
        FROM chat_buyer WHERE buyer_id IS NULL ORDER BY nick
        ON CONFLICT (nick) DO NOTHING
        """,
        [at, *others.values()],
    )
    new = int(cursor.rowcount)
    cursor.execute(
        "UPDATE chat_buyer t SET buyer_id = b.id FROM service_buyer b WHERE b.nick = t.nick AND t.buyer_id IS NULL"
    )
    cursor.execute("ANALYZE chat_buyer")
    return new


def _take_messages(cursor: Any, run: Run, portion: Portion) -> int:
    """Put what is new into `cut_message`, and with it what is stored of the same talks; return how many are new."""
    cursor.execute("SELECT EXISTS (SELECT 1 FROM chat_buyer WHERE stored)")
    stored = cursor.fetchone()[0]
    rows = "chat_stage"
    if portion.may_repeat:
        rows = "(SELECT DISTINCT ON (buyer, digest) * FROM chat_stage ORDER BY buyer, digest) AS"
    unseen = (
        "WHERE NOT (b.stored AND EXISTS (SELECT 1 FROM service_message m"
        " WHERE m.buyer_id = b.buyer_id AND m.at = s.at AND m.digest = s.digest))"
        if stored
        else ""
    )
    cursor.execute(
        f"""
        INSERT INTO cut_message
        SELECT {next_number(cursor, "service_message")}, {_shop(cursor, run)}, b.buyer_id, s.sender,
            s.nick, a.employee_id, s.at, s.kind, s.text, s.digest, NULL, {closing_condition("s.sender", "s.text")}
        FROM {rows} s
        JOIN chat_buyer b ON b.nick = s.buyer
        LEFT JOIN staff_subaccount a ON a.nick = s.nick AND (s.sender = 2 OR s.takes)
        {unseen}
        """,
        {"closing": closing_pattern()},
    )
    new = int(cursor.rowcount)
    if stored:
        _take_stored(cursor)
    return new


def _shop(cursor: Any, run: Run) -> str:
    """Return the SQL of a row's shop: the chosen one, the one it names, that of our sub-accounts there, the first."""
    if run.shop:
        return str(run.shop.pk)
    shops = list(Shop.objects.order_by("-is_open", "pk"))
    first = shops[0] if shops else Shop.objects.create(name=_now("Shop"))
    if len(shops) <= 1:
        return str(first.pk)
    cursor.execute("DROP TABLE IF EXISTS pg_temp.chat_shop")
    cursor.execute(
        """
        CREATE TEMPORARY TABLE chat_shop ON COMMIT DROP AS
        SELECT s.buyer, min(a.shop_id) AS shop_id FROM chat_stage s JOIN staff_subaccount a ON a.nick = s.nick
        WHERE a.shop_id IS NOT NULL AND s.sender = 2 GROUP BY s.buyer
        """
    )
    cursor.execute("ANALYZE chat_shop")
    return (
        f"coalesce((SELECT p.id FROM staff_shop p WHERE s.shop <> '' AND p.name = s.shop),"
        f" (SELECT p.shop_id FROM chat_shop p WHERE p.buyer = s.buyer), {first.pk})"
    )


def _take_stored(cursor: Any) -> None:
    """Put the stored messages into `cut_message` that stand within one silence of what is new.

    A silence longer than the longest wait ends everything, so what lies beyond one is as it was.
    """
    wait = timedelta(hours=policy.LONGEST_WAIT_HOURS())
    cursor.execute(
        """
        INSERT INTO cut_message
        WITH new AS (
            SELECT buyer_id, min(at) AS first_at, max(at) AS last_at FROM cut_message GROUP BY buyer_id
        ), talks AS (
            SELECT c.id, c.shop_id, c.buyer_id, f.first_at, c.last_at, n.first_at AS new_first, n.last_at AS new_last
            FROM new n JOIN service_conversation c ON c.buyer_id = n.buyer_id AND c.channel = 'chat'
            CROSS JOIN LATERAL (
                SELECT m.at AS first_at FROM service_message m WHERE m.conversation_id = c.id ORDER BY m.at LIMIT 1
            ) f
        ), breaks AS (
            SELECT *, first_at - max(last_at) OVER (
                PARTITION BY buyer_id, shop_id ORDER BY first_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) > %(wait)s AS breaks
            FROM talks
        ), islands AS (
            SELECT *, count(*) FILTER (WHERE breaks) OVER (PARTITION BY buyer_id, shop_id ORDER BY first_at, id)
                AS island
            FROM breaks
        ), touched AS (
            SELECT buyer_id, shop_id, island FROM islands GROUP BY 1, 2, 3
            HAVING max(last_at) >= min(new_first) - %(wait)s AND min(first_at) <= max(new_last) + %(wait)s
        )
        SELECT m.id, i.shop_id, m.buyer_id, m.sender, m.nick, m.employee_id, m.at, m.kind, m.text, m.digest, i.id,
            """
        + closing_condition("m.sender", "m.text")
        + """
        FROM touched JOIN islands i USING (buyer_id, shop_id, island)
        JOIN service_message m ON m.conversation_id = i.id
        """,
        {"wait": wait, "closing": closing_pattern()},
    )


register_reader(
    FileKind.CHATS,
    recognises=recognises,
    load=load_chats,
    fields=tuple(Field(name, LABELS[name], name in NEEDED, guesses) for name, guesses in FIELDS.items()),
)
