"""The rulebook as data: loading, wording, versions in force by day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from shutil import copytree

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from staff.actions.rulebook import BOOK, load_rulebook
from staff.models import Clause, ClauseVersion, Event
from staff.queries.rulebook import in_force, versions_in_force, versions_of, wording, words_on
from tests.factories.clauses import new_version
from tests.factories.rulebook import at, chenjing, open_book, supervisor
from tests.factories.staff import NOON

pytestmark = pytest.mark.django_db
CLAUSES = 121


def reworded(tmp_path, old, new, *, file="orders"):
    path = tmp_path / "rulebook"
    copytree(BOOK, path, dirs_exist_ok=True)
    book = path / f"{file}.toml"
    assert old in book.read_text(encoding="utf-8")
    book.write_text(book.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return path


def publish(clause, **values):
    standard = {"valid_from": date(2026, 11, 21), "note": "试行", "by": chenjing(), "at": NOON}
    return new_version(clause, **{**standard, **values})


def test_the_rulebook_is_loaded_and_loading_again_changes_nothing():
    assert load_rulebook(at=NOON) == {"new": CLAUSES, "changed": 0, "unchanged": 0, "dropped": 0}
    events = Event.objects.count()
    assert load_rulebook(at=NOON) == {"new": 0, "changed": 0, "unchanged": CLAUSES, "dropped": 0}
    assert Event.objects.count() == events
    assert ClauseVersion.objects.count() == CLAUSES
    assert ClauseVersion.objects.get(clause__number="ORD-016").points == Decimal(-3)


def test_numbers_of_the_text_come_from_the_version_in_both_languages():
    open_book()
    supervisor()
    version = ClauseVersion.objects.get(clause__number="ORD-016")
    words = words_on(date(2026, 11, 20))
    chinese = wording(version, words)
    assert "每单扣审核该单的客服 3 分" in chinese
    assert "由客服主管承担" in chinese
    version.points = Decimal("-1.50")
    with translation.override("en"):
        assert "costs the agent who approved it 1.5 points" in wording(version, words)
        assert "Service supervisor" in wording(version, words)


def test_a_clause_that_another_one_prices_takes_its_numbers_from_there():
    open_book()
    publish(Clause.objects.get(number="ORD-016"), parameters={"working_days": 2, "fallback_post": "STF-073"})
    version = ClauseVersion.objects.get(clause__number="ORD-015")
    assert "其后第 1 个工作日" in wording(version, words_on(date(2026, 11, 20)))
    assert "其后第 2 个工作日" in wording(version, words_on(date(2026, 11, 21)))


def test_no_word_in_braces_is_left_over():
    open_book()
    words = words_on(date(2026, 11, 20))
    for version in ClauseVersion.objects.select_related("clause"):
        for language in ("zh-hans", "en"):
            with translation.override(language):
                assert "{" not in wording(version, words), version


def test_new_wording_in_the_file_becomes_a_version_with_the_points_people_published(tmp_path):
    open_book()
    clause = Clause.objects.get(number="ORD-016")
    publish(clause, points=Decimal(-2))
    path = reworded(tmp_path, "未在 ORD-015 的期限", "没有在 ORD-015 的期限")
    assert load_rulebook(at=NOON + timedelta(days=5), path=path)["changed"] == 1
    newest = versions_of(clause)[0]
    assert newest.text.startswith("没有在")
    assert (newest.version, newest.points, newest.valid_from) == (3, Decimal(-2), date(2026, 11, 25))
    assert versions_of(clause)[2].text.startswith("未在")
    assert load_rulebook(at=NOON + timedelta(days=5), path=path)["unchanged"] == CLAUSES


def test_a_new_title_follows_the_file_and_leaves_a_trace(tmp_path):
    open_book()
    path = reworded(tmp_path, 'title = "未按时发货"', 'title = "发货超时"')
    assert load_rulebook(at=NOON, path=path)["changed"] == 1
    assert Clause.objects.get(number="ORD-016").title == "发货超时"
    assert Event.objects.get(verb="staff.clause_reworded").changes == {"title": ["未按时发货", "发货超时"]}
    assert ClauseVersion.objects.filter(clause__number="ORD-016").count() == 1


def test_the_version_before_ends_when_the_next_begins():
    open_book()
    clause = Clause.objects.get(number="ORD-016")
    new = publish(clause, points=Decimal(-2), valid_from=date(2026, 12, 1))
    assert in_force(date(2026, 11, 30)).get(clause=clause).version == 1
    assert in_force(date(2026, 12, 1)).get(clause=clause) == new
    assert (new.version, new.published_at, new.note) == (2, NOON, "试行")
    event = Event.objects.filter(verb="staff.clause_published", by=new.published_by).get()
    assert event.changes["points"] == ["-3.00", "-2.00"]


def test_the_database_forbids_two_open_versions():
    open_book()
    clause = Clause.objects.get(number="ORD-016")
    with pytest.raises(IntegrityError), transaction.atomic():
        ClauseVersion.objects.create(
            state="published",
            clause=clause,
            version=2,
            valid_from=date(2026, 1, 1),
            text="",
            text_en="",
            published_at=NOON,
        )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_on_every_day_exactly_one_version_is_in_force(steps):
    with transaction.atomic():
        open_book()
        clause = Clause.objects.get(number="ORD-016")
        day = date(2026, 11, 20)
        starts = [day]
        for number, step in enumerate(steps, start=1):
            day += timedelta(days=step)
            starts.append(day)
            publish(clause, points=Decimal(-number - 3), valid_from=day)
        for offset in range(sum(steps) + 3):
            that_day = date(2026, 11, 20) + timedelta(days=offset)
            version = in_force(that_day).get(clause=clause)
            assert version.version == sum(start <= that_day for start in starts)
        transaction.set_rollback(True)


def test_only_watched_clauses_are_tallied():
    open_book()
    tallied = {version.clause.number for version in versions_in_force(date(2026, 11, 20))}
    assert tallied == set(Clause.objects.exclude(detector="").values_list("number", flat=True))
    assert {"ORD-014", "CS-066", "STF-131"} <= tallied
    assert "CS-062" not in tallied


def test_the_command_prints_what_it_did(capsys):
    call_command("load_rulebook", "--json")
    assert f'"new": {CLAUSES}' in capsys.readouterr().out


def test_a_clause_is_called_by_the_language_of_the_reader():
    open_book()
    clause = Clause.objects.get(number="ORD-016")
    assert str(clause) == "ORD-016 未按时发货"
    with translation.override("en"):
        assert str(clause) == "ORD-016 Late dispatch"
    assert at("2026-11-20 12:00") == NOON
