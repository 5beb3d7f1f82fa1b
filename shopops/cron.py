"""The whole clockwork: what runs by itself, and when (Asia/Shanghai)."""

from __future__ import annotations

from shopops.kit.schedule import Daily, Every

CLOCKWORK = (
    Every("orders.release_due_holds", minutes=5),
    Every("staff.radar", minutes=5),
    Every("staff.lapse_appeals", minutes=60),
    Every("service.escalate_complaints", minutes=10),
    Every("service.end_silent_conversations", minutes=10),
    Every("staff.pass_overdue_handovers", minutes=5),
    Every("staff.escalate_problems", minutes=60),
    Daily("staff.keep_house", at="00:05"),
    Daily("staff.derive_attendance", at="00:20", catch_up_days=31),
    Daily("staff.tally", at="00:30", catch_up_days=31),
    Daily("staff.read_metrics", at="01:00", catch_up_days=31),
    Daily("staff.open_appraisals", at="06:00"),
    Daily("warehouse.prove_stock", at="02:00"),
    Daily("service.care_for_buyers", at="05:00"),
    Daily("staff.daily_report", at="08:00", catch_up_days=7),
)
"""Daily work is about the day before; a missed night is caught up at the next start, oldest first."""
