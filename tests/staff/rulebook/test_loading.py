"""Loading the rulebook again: what the files say differently comes in, what people published stays."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from shutil import copytree

import pytest

from staff.actions.roles import set_up_roles
from staff.actions.rulebook import BOOK, load_rulebook
from staff.models import Clause, Event, Rulebook
from staff.queries.rulebook import versions_of
from tests.factories.clauses import new_version
from tests.factories.rulebook import chenjing, open_book
from tests.factories.staff import NOON

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
TOMORROW = TODAY + timedelta(days=1)
LATER = NOON + timedelta(days=5)


@pytest.fixture
def book(tmp_path):
    """A copy of the files that a test may change: `book(file, old, new)`; returns the folder."""
    path = tmp_path / "rulebook"
    copytree(BOOK, path)

    def change(file="", old="", new=""):
        if file:
            text = (path / f"{file}.toml").read_text(encoding="utf-8")
            assert text.count(old) == 1
            (path / f"{file}.toml").write_text(text.replace(old, new), encoding="utf-8")
        return path

    return change


def newest(number):
    return versions_of(Clause.objects.get(number=number))[0]


def publish(number, **terms):
    return new_version(
        Clause.objects.get(number=number), valid_from=TOMORROW, note="试行", by=chenjing(), at=NOON, **terms
    )


def test_a_price_the_file_changes_holds_from_tomorrow(book):
    open_book()
    path = book("service_after", 'escalates_by = "2"', 'escalates_by = "3"')
    assert load_rulebook(at=NOON, path=path)["changed"] == 1
    version = newest("CS-066")
    assert (version.version, version.escalates_by, version.valid_from) == (2, Decimal(3), TOMORROW)
    assert version.points == Decimal("-0.5")
    assert load_rulebook(at=NOON, path=path)["changed"] == 0


def test_what_people_changed_stays_and_the_rest_follows_the_file(book):
    open_book()
    publish("CS-066", points=Decimal(-1))
    path = book("service_after", 'escalates_by = "2"', 'escalates_by = "3"')
    load_rulebook(at=LATER, path=path)
    version = newest("CS-066")
    assert (version.points, version.escalates_by, version.version) == (Decimal(-1), Decimal(3), 3)
    assert load_rulebook(at=LATER, path=path)["changed"] == 0


def test_wording_of_people_is_not_overwritten_in_either_language(book):
    open_book()
    publish("CS-066", text="超过 {days} 天没有回访，扣 {points} 分。")
    path = book("service_after", "A consultation sheet not followed up within", "A sheet not followed up within")
    assert load_rulebook(at=LATER, path=path)["changed"] == 0
    assert newest("CS-066").text.startswith("超过")


def test_a_parameter_people_changed_stays_beside_one_the_file_changes(book):
    open_book()
    known = newest("CS-053").parameters
    publish("CS-053", parameters=known | {"time": "11:00"})
    path = book("service", 'working_days = 1, time = "12:00"', 'working_days = 2, time = "12:00"')
    load_rulebook(at=LATER, path=path)
    assert newest("CS-053").parameters == known | {"working_days": 2, "time": "11:00"}


def test_every_term_of_the_version_before_is_kept(book):
    open_book()
    path = book("service", "该客服扣 {points} 分，客服主管扣", "该客服扣 {points} 分，主管扣")
    load_rulebook(at=NOON, path=path)
    version = newest("CS-049")
    assert version.text.endswith("主管扣 {superior_points} 分，每天最多一次。")
    assert (version.superior_points, version.superior_post, version.per) == (Decimal(-2), "STF-073", "day")
    assert version.excuses == ["leave", "outage", "handover"]
    assert version.valid_from == TODAY


def test_a_clause_the_files_do_not_have_any_more_is_kept_and_marked(book):
    open_book()
    path = book()
    (path / "risk.toml").unlink()
    assert load_rulebook(at=NOON, path=path)["dropped"] == 2
    assert Clause.objects.get(number="RISK-004").dropped_on == TODAY
    assert newest("RISK-004").valid_to is None
    assert load_rulebook(at=LATER, path=path)["dropped"] == 0
    assert Clause.objects.get(number="RISK-004").dropped_on == TODAY
    event = Event.objects.filter(verb="staff.clause_reworded", subject_label__startswith="RISK-004").get()
    assert event.changes == {"dropped_on": [None, "2026-11-20"]}


def test_a_clause_that_comes_back_is_marked_no_more(book):
    open_book()
    (book() / "risk.toml").rename(book().parent / "risk.toml")
    load_rulebook(at=NOON, path=book())
    assert load_rulebook(at=LATER)["changed"] == 2
    assert Clause.objects.get(number="RISK-004").dropped_on is None


def test_a_term_nobody_knows_is_refused_loudly(book):
    path = book("risk", 'title = "资质定期复查"', 'title = "资质定期复查"\nprice = "-3"')
    with pytest.raises(KeyError, match="RISK-004 says price"):
        load_rulebook(at=NOON, path=path)
    assert not Clause.objects.exists()


def test_posts_and_owners_come_once_the_organisation_is_there():
    open_book()
    assert not Clause.objects.get(number="CAT-056").binds.exists()
    set_up_roles(at=NOON)
    assert load_rulebook(at=NOON)["changed"] > 80
    assert [post.code for post in Clause.objects.get(number="CAT-056").binds.all()] == ["copywriter"]
    assert not Clause.objects.get(number="GOV-013").binds.exists()
    assert Rulebook.objects.get(code="process-rules").owner.code == "process"
    assert load_rulebook(at=NOON)["changed"] == 0


def test_loading_again_reads_everything_at_once(django_assert_max_num_queries):
    open_book()
    with django_assert_max_num_queries(10):
        load_rulebook(at=NOON)
