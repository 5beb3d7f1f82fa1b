"""Drafts of clauses: one person writes, another publishes; what is published stays."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from shopops.kit.moves import MoveRefused
from shopops.kit.refusals import Refused
from staff.actions.drafts import (
    change_draft,
    draft_version,
    drop_draft,
    publish_draft,
    put_draft_forward,
    shadow_draft,
    unshadow_draft,
)
from staff.actions.rulebook import load_rulebook
from staff.models import Clause, ClauseVersion, Event, Notification, RadarSighting
from staff.queries.drafts import open_drafts, waiting_drafts
from staff.queries.rulebook import in_force
from staff.states import VersionState
from tests.factories.rulebook import chenjing, open_book, zhaomin
from tests.factories.staff import NOON, employee_with

pytestmark = pytest.mark.django_db
TOMORROW = date(2026, 11, 21)


@pytest.fixture
def clause():
    open_book()
    return Clause.objects.get(number="ORD-016")


def drafted(clause, **terms):
    return draft_version(clause, by=zhaomin(), at=NOON, **{"points": Decimal(-2), "note": "减轻", **terms})


def publish(draft, **values):
    return publish_draft(draft, **{"valid_from": TOMORROW, "by": chenjing(), "at": NOON, **values})


def test_a_draft_starts_as_a_copy_of_the_version_in_force(clause):
    draft = draft_version(clause, by=zhaomin(), at=NOON)
    first = in_force(TOMORROW).get(clause=clause)
    assert (draft.text, draft.points, draft.parameters) == (first.text, first.points, first.parameters)
    assert (draft.version, draft.state, draft.valid_from) == (None, VersionState.DRAFT, TOMORROW)
    assert in_force(TOMORROW).get(clause=clause) == first
    assert Event.objects.get(verb="staff.clause_drafted").changes == {}


def test_what_a_new_rule_does_away_with_was_not_avoided_by_anybody(clause):
    def seen(number: int, day: int) -> RadarSighting:
        return RadarSighting.objects.create(
            clause=clause, employee=zhaomin(), subject_type="warehouse.DispatchNote", subject_id=number, points=-3,
            due_at=datetime(2026, 11, day, 16, tzinfo=UTC), seen_at=NOON,
        )  # fmt: skip

    before, after = seen(1, 20), seen(2, 21)
    publish(drafted(clause))
    assert list(RadarSighting.objects.all()) == [before], after


def test_a_second_person_publishes_and_both_versions_keep_their_days(clause):
    draft = drafted(clause)
    new = publish(draft, valid_from=date(2026, 12, 1))
    assert (new.pk, new.version, new.published_by, new.drafted_by) == (draft.pk, 2, chenjing(), zhaomin())
    assert in_force(date(2026, 11, 30)).get(clause=clause).version == 1
    assert in_force(date(2026, 12, 1)).get(clause=clause) == new
    event = Event.objects.get(verb="staff.clause_published", by=chenjing())
    assert (event.changes["points"], event.changes["version"], event.reason) == (["-3.00", "-2.00"], [1, 2], "减轻")
    assert "ORD-016" in str(Notification.objects.get(employee=zhaomin()).values)


def test_whoever_wrote_or_changed_a_draft_does_not_publish_it(clause):
    draft = drafted(clause)
    with pytest.raises(Refused, match="第二人"):
        publish(draft, by=zhaomin())
    change_draft(draft, by=chenjing(), at=NOON, points=Decimal("-1.5"))
    with pytest.raises(Refused, match="第二人"):
        publish(draft)
    assert ClauseVersion.objects.get(pk=draft.pk).state == VersionState.DRAFT


def test_the_database_wants_a_second_person_too(clause):
    draft = drafted(clause)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClauseVersion.objects.filter(pk=draft.pk).update(
            state="published", version=9, published_at=NOON, published_by=zhaomin(), valid_to=date(2027, 1, 1)
        )


@pytest.mark.parametrize(
    ("terms", "values", "why"),
    [
        ({}, {"valid_from": date(2026, 11, 20)}, "最早"),
        ({}, {"valid_from": date(2026, 11, 1)}, "最早"),
        ({"note": "  "}, {}, "说明"),
        ({"points": Decimal(-3)}, {}, "没有任何改动"),
    ],
)
def test_a_version_of_today_without_reason_or_change_is_refused(clause, terms, values, why):
    draft = drafted(clause, **terms)
    with pytest.raises(Refused, match=why):
        publish(draft, **values)
    assert clause.versions.filter(state=VersionState.PUBLISHED).count() == 1


def test_nobody_slips_in_before_a_version_that_is_published_already(clause):
    early, late = drafted(clause, points=Decimal(-1)), drafted(clause)
    publish(late, valid_from=date(2026, 12, 1))
    with pytest.raises(Refused, match="2026-12-01"):
        publish(early, valid_from=date(2026, 11, 25))
    assert publish(early, valid_from=date(2026, 12, 2)).version == 3


@pytest.mark.parametrize(
    "terms",
    [
        {"parameters": {"hours": 3}},
        {"points": Decimal(2)},
        {"text": "每单扣 {price} 分"},
        {"text_en": "costs {points} points{"},
        {"text": "  "},
        {"superior_points": Decimal(1)},
    ],
)
def test_what_would_not_be_the_same_clause_or_could_not_be_read_is_refused(clause, terms):
    if "superior_points" in terms:
        clause = Clause.objects.get(number="ORD-016")
        publish(drafted(clause, superior_points=Decimal(-1)))
    with pytest.raises(Refused):
        drafted(clause, **terms)
    assert not open_drafts(clause).exists()


def test_a_term_that_no_version_has_is_a_mistake_of_the_program(clause):
    with pytest.raises(TypeError, match="colour"):
        drafted(clause, colour="red")


def test_changing_a_draft_takes_back_that_it_was_put_forward(clause):
    publisher = employee_with("staff.publish_clause", username="chenjing", name="陈静")
    draft = drafted(clause)
    put_draft_forward(draft, by=zhaomin(), at=NOON)
    assert list(waiting_drafts(publisher.pk)) == [draft]
    assert Notification.objects.get(employee=publisher).url == draft.get_absolute_url()
    with pytest.raises(Refused):
        put_draft_forward(draft, by=zhaomin(), at=NOON)
    change_draft(draft, by=zhaomin(), at=NOON, points=Decimal(-1))
    assert not waiting_drafts(publisher.pk).exists()
    assert Event.objects.get(verb="staff.draft_changed").changes == {"points": ["-2.00", "-1.00"]}


def test_a_change_that_changes_nothing_leaves_no_trace(clause):
    draft = drafted(clause)
    change_draft(draft, by=chenjing(), at=NOON, points=Decimal("-2.00"))
    assert not Event.objects.filter(verb="staff.draft_changed").exists()
    assert publish(draft).version == 2


def test_a_draft_does_not_wait_for_those_who_had_a_hand_in_it(clause):
    employee_with("staff.publish_clause", username="zhaomin", name="赵敏")
    employee_with("staff.publish_clause", username="chenjing", name="陈静")
    draft = drafted(clause)
    change_draft(draft, by=chenjing(), at=NOON, points=Decimal(-1))
    put_draft_forward(draft, by=zhaomin(), at=NOON)
    assert not waiting_drafts(zhaomin().pk).exists()
    assert not waiting_drafts(chenjing().pk).exists()
    assert not Notification.objects.exists()


def test_a_draft_in_shadow_is_not_changed_and_only_one_of_a_clause_runs(clause):
    draft, other = drafted(clause), drafted(clause)
    shadow_draft(draft, by=zhaomin(), at=NOON)
    with pytest.raises(Refused, match="影子"):
        change_draft(draft, by=zhaomin(), at=NOON, points=Decimal(-1))
    with pytest.raises(Refused):
        shadow_draft(other, by=zhaomin(), at=NOON)
    unshadow_draft(draft, by=zhaomin(), at=NOON)
    shadow_draft(other, by=zhaomin(), at=NOON)
    assert publish(other).state == VersionState.PUBLISHED


def test_what_nobody_watches_cannot_run_in_shadow(clause):
    unwatched = Clause.objects.get(number="ORD-015")
    draft = draft_version(unwatched, by=zhaomin(), at=NOON, appeal_days=5)
    with pytest.raises(Refused):
        shadow_draft(draft, by=zhaomin(), at=NOON)


def test_a_dropped_draft_is_neither_changed_nor_published(clause):
    draft = drafted(clause)
    drop_draft(draft, by=zhaomin(), at=NOON, reason="不需要")
    assert Event.objects.get(verb="staff.clause_dropped").reason == "不需要"
    for deed in (
        lambda: publish(draft),
        lambda: change_draft(draft, by=zhaomin(), at=NOON, points=Decimal(-1)),
        lambda: put_draft_forward(draft, by=zhaomin(), at=NOON),
    ):
        with pytest.raises(Refused, match="已放弃"):
            deed()
    with pytest.raises(MoveRefused):
        drop_draft(draft, by=zhaomin(), at=NOON)


@pytest.mark.parametrize(
    "change",
    ["points = -9", "text = ''", "valid_from = '2020-01-01'", "state = 'draft', version = NULL, published_at = NULL"],
)
def test_the_database_refuses_to_change_what_is_published(clause, change):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE staff_clauseversion SET {change} WHERE clause_id = %s", [clause.pk])


def test_the_database_refuses_to_delete_what_is_published_and_to_move_its_end(clause):
    publish(drafted(clause))
    first = clause.versions.get(version=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        first.delete()
    first.valid_to = date(2026, 11, 30)
    with pytest.raises(DatabaseError), transaction.atomic():
        first.save(update_fields=["valid_to"])
    drafted(clause).delete()


def test_loading_the_book_again_leaves_published_versions_alone(clause):
    publish(drafted(clause))
    counts = load_rulebook(at=NOON + timedelta(days=3))
    assert (counts["new"], counts["changed"]) == (0, 0)
    assert in_force(TOMORROW).get(clause=clause).points == Decimal(-2)


def test_a_clause_that_is_gone_gets_no_drafts(clause):
    Clause.objects.filter(pk=clause.pk).update(dropped_on=date(2026, 11, 1))
    with pytest.raises(Refused, match="不再"):
        drafted(Clause.objects.get(pk=clause.pk))


@pytest.mark.django_db(transaction=True)
def test_two_who_publish_at_once_make_one_version():
    open_book()
    draft = drafted(Clause.objects.get(number="ORD-016"))
    people = [employee_with("staff.publish_clause", username=name, name=name) for name in ("chenjing", "zhaolei")]
    start, outcomes = threading.Barrier(2), list[str]()

    def publish_as(person):
        start.wait()
        try:
            publish(ClauseVersion.objects.get(pk=draft.pk), by=person)
            outcomes.append("published")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=publish_as, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["published", "refused"]
    assert draft.clause.versions.filter(state=VersionState.PUBLISHED).count() == 2
