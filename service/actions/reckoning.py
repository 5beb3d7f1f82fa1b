"""Buyers reckoned anew from their documents: figures, rhythm, level, lost or not (CS-015, CS-023, CS-024)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from service.models import Buyer, VipLevel
from service.policy.buyers import LOST_DAYS, RHYTHM_ORDERS
from shopops.kit.clock import shop_day
from staff.actions.events import record_many


@transaction.atomic
def reckon_buyers(*, at: datetime) -> dict[str, int]:
    """Reckon every buyer from orders, conversations, after-sales, complaints, reviews and surveys.

    Whoever bought and has no record gets one. Only rows that changed are written, so a second run writes nothing.

    :returns: how many were `new`, `changed` and moved to another `level`.
    """
    values: dict[str, Any] = {
        "at": at,
        "day": shop_day(at),
        "lost": at - timedelta(days=LOST_DAYS()),
        "least": RHYTHM_ORDERS(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEW, values)
        new = cursor.rowcount
        cursor.execute(_FIGURES, values)
        changed = cursor.rowcount
        cursor.execute(_LEVELS, values)
        moved = cursor.fetchall()
    levels = VipLevel.objects.in_bulk()
    told = [
        (Buyer(pk=key, nick=nick), {"level": (levels.get(before), levels.get(after))})
        for key, nick, before, after, was_reckoned in moved
        if was_reckoned
    ]
    record_many("service.buyers_reckoned", told, by=None, at=at)
    return {"new": int(new), "changed": int(changed), "level": len(moved)}


_NEW = """
INSERT INTO service_buyer (nick, name, phone, phone_tail, province, city, birthday, tags, remark, first_seen_at,
                           orders, paid, refunded, talks, after_sales, complaints, bad_reviews, is_lost)
SELECT o.buyer_nick, '', '', '', '', '', '', '{}', '', min(o.placed_at), 0, 0, 0, 0, 0, 0, 0, false
FROM orders_order o
WHERE o.buyer_nick <> '' AND NOT EXISTS (SELECT 1 FROM service_buyer b WHERE b.nick = o.buyer_nick)
GROUP BY o.buyer_nick
ON CONFLICT (nick) DO NOTHING
"""

_FIGURES = """
WITH o AS (
    SELECT buyer_nick,
           count(*) FILTER (WHERE paid_at IS NOT NULL) AS orders,
           coalesce(sum(paid) FILTER (WHERE paid_at IS NOT NULL), 0) AS paid,
           coalesce(sum(refund), 0) AS refunded,
           min(placed_at) AS first_at,
           max(placed_at) AS last_at,
           count(DISTINCT (paid_at AT TIME ZONE 'Asia/Shanghai')::date) AS days,
           min((paid_at AT TIME ZONE 'Asia/Shanghai')::date) AS first_day,
           max((paid_at AT TIME ZONE 'Asia/Shanghai')::date) AS last_day
    FROM orders_order WHERE part = 1 AND buyer_nick <> '' GROUP BY buyer_nick
), newest AS (
    SELECT DISTINCT ON (buyer_nick) buyer_nick, left(receiver_name, 60) AS name, left(receiver_phone, 40) AS phone,
           phone_tail, left(province, 30) AS province, left(city, 40) AS city
    FROM orders_order WHERE part = 1 AND buyer_nick <> '' ORDER BY buyer_nick, placed_at DESC, id DESC
), t AS (
    SELECT buyer_id, count(*) AS talks, max(last_at) AS last_at FROM service_conversation GROUP BY buyer_id
), s AS (
    SELECT buyer_id, count(*) AS cases FROM service_aftersale GROUP BY buyer_id
), c AS (
    SELECT buyer_id, count(*) AS complaints FROM service_complaint WHERE state <> 'withdrawn' GROUP BY buyer_id
), r AS (
    SELECT buyer_id, count(*) AS bad FROM service_review WHERE rating = 'bad' GROUP BY buyer_id
), g AS (
    SELECT buyer_id, round(avg(rating), 2) AS rating FROM (
        SELECT buyer_id, rating FROM service_survey WHERE rating IS NOT NULL
        UNION ALL SELECT buyer_id, rating FROM service_complaint WHERE rating IS NOT NULL
    ) both_kinds GROUP BY buyer_id
), fresh AS (
    SELECT b.id,
           coalesce(nullif(newest.name, ''), b.name) AS name,
           coalesce(nullif(newest.phone, ''), b.phone) AS phone,
           coalesce(nullif(newest.phone_tail, ''), b.phone_tail) AS phone_tail,
           coalesce(nullif(newest.province, ''), b.province) AS province,
           coalesce(nullif(newest.city, ''), b.city) AS city,
           o.first_at AS first_order_at,
           o.last_at AS last_order_at,
           t.last_at AS last_talk_at,
           coalesce(o.orders, 0) AS orders,
           coalesce(o.paid, 0) AS paid,
           coalesce(o.refunded, 0) AS refunded,
           coalesce(t.talks, 0) AS talks,
           coalesce(s.cases, 0) AS after_sales,
           coalesce(c.complaints, 0) AS complaints,
           coalesce(r.bad, 0) AS bad_reviews,
           g.rating,
           CASE WHEN o.days >= %(least)s
                THEN o.last_day + greatest(1, round((o.last_day - o.first_day)::numeric / (o.days - 1)))::int END
               AS due_again_on,
           coalesce(o.last_at < %(lost)s, false) AS is_lost
    FROM service_buyer b
    LEFT JOIN o ON o.buyer_nick = b.nick
    LEFT JOIN newest ON newest.buyer_nick = b.nick
    LEFT JOIN t ON t.buyer_id = b.id
    LEFT JOIN s ON s.buyer_id = b.id
    LEFT JOIN c ON c.buyer_id = b.id
    LEFT JOIN r ON r.buyer_id = b.id
    LEFT JOIN g ON g.buyer_id = b.id
)
UPDATE service_buyer b
SET name = f.name, phone = f.phone, phone_tail = f.phone_tail, province = f.province, city = f.city,
    first_order_at = f.first_order_at, last_order_at = f.last_order_at, last_talk_at = f.last_talk_at,
    orders = f.orders, paid = f.paid, refunded = f.refunded, talks = f.talks, after_sales = f.after_sales,
    complaints = f.complaints, bad_reviews = f.bad_reviews, rating = f.rating, due_again_on = f.due_again_on,
    is_lost = f.is_lost, first_seen_at = least(b.first_seen_at, f.first_order_at)
FROM fresh f
WHERE b.id = f.id
  AND (b.name, b.phone, b.phone_tail, b.province, b.city, b.first_order_at, b.last_order_at, b.last_talk_at,
       b.orders, b.paid, b.refunded, b.talks, b.after_sales, b.complaints, b.bad_reviews, b.rating, b.due_again_on,
       b.is_lost)
      IS DISTINCT FROM
      (f.name, f.phone, f.phone_tail, f.province, f.city, f.first_order_at, f.last_order_at, f.last_talk_at,
       f.orders, f.paid, f.refunded, f.talks, f.after_sales, f.complaints, f.bad_reviews, f.rating, f.due_again_on,
       f.is_lost)
"""

_LEVELS = """
WITH spans AS (
    SELECT DISTINCT within_days FROM service_viplevel WHERE is_used
), bought AS (
    SELECT spans.within_days, o.buyer_nick, count(*) AS orders, sum(o.paid - o.refund) AS paid
    FROM spans JOIN orders_order o ON o.part = 1 AND o.buyer_nick <> ''
         AND o.paid_at >= %(at)s - make_interval(days => spans.within_days::int)
    GROUP BY spans.within_days, o.buyer_nick
), best AS (
    SELECT DISTINCT ON (bought.buyer_nick) bought.buyer_nick, l.id
    FROM bought JOIN service_viplevel l
         ON l.is_used AND l.within_days = bought.within_days
         AND bought.paid >= l.least_paid AND bought.orders >= l.least_orders
    ORDER BY bought.buyer_nick, l.rank DESC
), fresh AS (
    SELECT b.id, b.level_id AS was, best.id AS level_id, b.reckoned_at IS NOT NULL AS was_reckoned
    FROM service_buyer b LEFT JOIN best ON best.buyer_nick = b.nick
    WHERE b.level_id IS DISTINCT FROM best.id
), marked AS (
    UPDATE service_buyer b SET reckoned_at = %(at)s FROM service_buyer other
    WHERE b.id = other.id AND b.reckoned_at IS NULL AND NOT EXISTS (SELECT 1 FROM fresh WHERE fresh.id = b.id)
    RETURNING b.id
)
UPDATE service_buyer b
SET level_id = f.level_id, level_since = CASE WHEN f.level_id IS NULL THEN NULL ELSE %(day)s END, reckoned_at = %(at)s
FROM fresh f WHERE b.id = f.id
RETURNING b.id, b.nick, f.was, f.level_id, f.was_reckoned
"""
