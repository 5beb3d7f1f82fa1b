"""Excuses: entered by one, confirmed by another; only then they take back what they cover."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shopops.kit.refusals import Refused
from staff.actions.excuses import confirm_excuse, enter_excuse, excuse_offence, refuse_excuse
from staff.models import Event, Excuse, Notification
from staff.queries.excuses import excuses_to_confirm
from staff.queries.points import month_span, settled_without_points, total_of_person
from staff.states import EntryKind, ExcuseKind, Standing
from tests.factories.cases import charge, points_of
from tests.factories.rulebook import at

NOW = at("2026-11-17 10:00")
FIRST, LAST = month_span(NOW.date())


def leave(cast, **values):
    """Return a leave of 李娜 that 何洁 entered."""
    values = {
        "employee": cast["lina"],
        "starts_at": at("2026-11-16 00:00"),
        "ends_at": at("2026-11-17 00:00"),
        **values,
    }
    return enter_excuse(ExcuseKind.LEAVE, reason="事假一天", by=cast["hejie"], at=NOW, **values)


def test_only_what_a_second_person_confirmed_excuses(cast):
    offence = charge(cast["lina"])
    excuse = leave(cast)
    assert points_of(offence) == -3
    assert confirm_excuse(excuse, by=cast["chenjing"], at=NOW) == 1
    offence.refresh_from_db()
    assert (offence.standing, offence.excuse, points_of(offence)) == (Standing.EXCUSED, excuse, 0)
    assert offence.entries.get(kind=EntryKind.COUNTER).booked_by == cast["chenjing"]
    assert total_of_person(cast["lina"], first=FIRST, last=LAST) == 0
    assert list(settled_without_points(cast["lina"], first=FIRST, last=LAST)) == [offence]
    assert Notification.objects.filter(employee=cast["lina"], text__contains="excused").exists()
    assert list(Event.objects.filter(subject_type="staff.Excuse").order_by("pk").values_list("verb", flat=True)) == [
        "staff.excuse_entered",
        "staff.excuse_confirmed",
    ]


def test_an_excuse_covers_its_span_its_person_and_its_clause(cast):
    before = charge(cast["lina"], found="2026-11-15 23:59")
    other = charge(cast["sunyue"])
    assert confirm_excuse(leave(cast), by=cast["chenjing"], at=NOW) == 0
    assert (points_of(before), points_of(other)) == (-3, -3)


def test_nobody_confirms_what_they_entered_or_what_excuses_them(cast):
    excuse, mine = leave(cast), leave(cast, employee=cast["chenjing"])
    with pytest.raises(Refused, match="你登记的"):
        confirm_excuse(excuse, by=cast["hejie"], at=NOW)
    with pytest.raises(Refused, match="为你免责"):
        confirm_excuse(mine, by=cast["chenjing"], at=NOW)
    with pytest.raises(Refused, match="权限"):
        confirm_excuse(excuse, by=cast["sunyue"], at=NOW)
    assert set(excuses_to_confirm(cast["chenjing"])) == {excuse}
    assert not Excuse.objects.filter(confirmed_at__isnull=False).exists()


def test_an_excuse_is_decided_once_and_refused_with_a_reason(cast):
    excuse = leave(cast)
    with pytest.raises(Refused, match="理由"):
        refuse_excuse(excuse, reason=" ", by=cast["chenjing"], at=NOW)
    refuse_excuse(excuse, reason="没有审批单", by=cast["chenjing"], at=NOW)
    with pytest.raises(Refused, match="已有结论"):
        confirm_excuse(excuse, by=cast["huanglei"], at=NOW)
    assert Event.objects.get(verb="staff.excuse_refused").reason == "没有审批单"


def test_an_excuse_wants_a_span_a_reason_and_for_leave_a_person(cast):
    with pytest.raises(Refused, match="早于"):
        leave(cast, ends_at=at("2026-11-15 00:00"))
    with pytest.raises(Refused, match="指明是谁"):
        leave(cast, employee=None)
    with pytest.raises(Refused, match="原因"):
        enter_excuse(
            ExcuseKind.OUTAGE, starts_at=NOW, ends_at=NOW + timedelta(hours=1), reason=" ", by=cast["hejie"], at=NOW
        )


def test_an_objective_cause_is_entered_for_the_very_document(cast):
    offence, same_time = charge(cast["lina"], "CS-061"), charge(cast["lina"], "CS-061")
    excuse = excuse_offence(offence, reason="买家误评，已申请删除", by=cast["hejie"], at=NOW)
    with pytest.raises(Refused, match="已有免责登记"):
        excuse_offence(offence, reason="再来", by=cast["chenjing"], at=NOW)
    assert confirm_excuse(excuse, by=cast["chenjing"], at=NOW) == 1
    assert (points_of(offence), points_of(same_time)) == (0, -3)
    offence.refresh_from_db()
    with pytest.raises(Refused, match="已经免责"):
        excuse_offence(offence, reason="再来", by=cast["chenjing"], at=NOW)


def test_an_objective_cause_is_not_for_oneself_nor_for_every_clause(cast):
    with pytest.raises(Refused, match="不能为自己"):
        excuse_offence(charge(cast["lina"], "CS-061"), reason="x", by=cast["lina"], at=NOW)
    with pytest.raises(Refused, match="不适用"):
        excuse_offence(charge(cast["lina"]), reason="x", by=cast["hejie"], at=NOW)
