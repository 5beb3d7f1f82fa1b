"""The detectors of chats against a plain reading of the register's words, for random days of conversations.

The reading below knows nothing of sessions in SQL, turns or windows: it walks through what was said, line by line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.models import Conversation, Message, Turn
from shopops.kit.metrics import METRICS
from staff.models import Duty, Employee, Presence
from staff.models import SubAccount as Account
from tests.factories.conversations import a_conversation, a_sub_account
from tests.factories.duty import a_duty, a_presence
from tests.factories.rulebook import at, lina
from tests.factories.staff import EmployeeFactory
from tests.service.detectors.rows import found_on

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 11, 20)
NINA, YUE = "云杉:小娜", "云杉:小悦"
HOURS = {NINA: (at("2026-11-20 08:00"), at("2026-11-20 17:00")), YUE: (at("2026-11-20 16:00"), at("2026-11-21 00:00"))}
PAUSE = timedelta(minutes=30)
FIRST, ANY = timedelta(seconds=45), timedelta(minutes=3)

lines = st.lists(
    st.tuples(
        st.sampled_from((1, 5, 44, 45, 46, 179, 180, 181, 1800, 1801, 7200)),
        st.sampled_from(("buyer", "buyer", "buyer", NINA, NINA, YUE, YUE, "robot", "system")),
        st.sampled_from(("这款有货吗", "什么时候发货", "谢谢", "好的")),
    ),
    min_size=1,
    max_size=9,
)
talks = st.lists(
    st.tuples(st.sampled_from(("07:59:30", "08:30:00", "15:58:20", "16:59:30", "23:20:00", "23:59:30")), lines),
    min_size=1,
    max_size=2,
)


class Said(NamedTuple):
    """One line of a chat."""

    at: datetime
    who: str
    text: str


@dataclass
class Asked:
    """A question, who is to blame for its time, when it was answered."""

    at: datetime
    is_first: bool
    who: str = ""
    answered_at: datetime | None = None


def read_aloud(start: str, told: list[tuple[int, str, str]]) -> list[Said]:
    moment, said = at(f"2026-11-20 {start}"), []
    for gap, who, text in told:
        moment += timedelta(seconds=gap)
        said.append(Said(moment, who, text))
    return said


def questions(said: list[Said]) -> list[Asked]:
    """Read a chat as the register has it: each question of a buyer, answered by the first person after it."""
    asked: list[Asked] = []
    waiting: Asked | None = None
    last_said, last_agent, is_new = None, "", True
    for line in said:
        if last_said is not None and line.at - last_said > PAUSE and waiting is None:
            last_agent, is_new = "", True
        if line.who == "buyer" and line.text not in ("谢谢", "好的") and waiting is None:
            waiting = Asked(line.at, is_new)
            asked.append(waiting)
            is_new = False
        elif line.who in (NINA, YUE):
            last_agent = line.who
            if waiting is not None:
                waiting.who, waiting.answered_at, waiting = line.who, line.at, None
        last_said = line.at
    if waiting is not None:
        waiting.who = last_agent
    return asked


def late(asked: list[Asked], limit: timedelta, *, first: bool) -> list[tuple[datetime, str]]:
    """Return moment and nick of each answer that was too late, by the clocks of those on duty."""
    missed = []
    for one in asked:
        if one.is_first is not first or not one.who:
            continue
        if not any(begins <= one.at < ends for begins, ends in HOURS.values()):
            continue  # left in the night: noon of the next working day is its limit
        begins, ends = HOURS[one.who]
        reached = one.answered_at is None or begins <= one.answered_at
        clock = max(one.at, begins) if one.answered_at is not None and reached and one.at < ends else one.at
        passed = clock + limit
        is_late = one.answered_at is None or one.answered_at > passed
        if is_late and begins <= passed <= ends:
            missed.append((passed, one.who))
    return missed


@pytest.fixture
def agents() -> dict[int, str]:
    """李娜 is on the early shift, 孙悦 on the late one; return their nicks."""
    people = {NINA: lina(), YUE: EmployeeFactory(username="sunyue", name="孙悦")}
    for nick, shift in ((NINA, "early"), (YUE, "late")):
        a_sub_account(nick, people[nick])
        if not Duty.objects.filter(employee=people[nick]).exists():
            a_duty(people[nick], FRIDAY, shift)
    assert Account.objects.count() == 2
    return {person.pk: nick for nick, person in people.items()}


def write(told: list[tuple[str, list[tuple[int, str, str]]]]) -> list[Asked]:
    """Write the chats of a day, one a buyer, and read them."""
    for table in (Turn, Message, Conversation):
        table.objects.all().delete()
    asked = []
    for number, (start, lines_of_one) in enumerate(told):
        said = read_aloud(start, lines_of_one)
        a_conversation(nick=f"买家{number}", lines=[(one.who, f"{one.at:%Y-%m-%d %H:%M:%S}", one.text) for one in said])
        asked += questions(said)
    return asked


def found(name: str, agents: dict[int, str], **parameters: object) -> list[tuple[datetime, str]]:
    days = (found_on(name, day, now="2026-11-23 23:59", **parameters) for day in ("2026-11-20", "2026-11-21"))
    return sorted((one.happened_at, agents[one.employee_id]) for of_day in days for one in of_day)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=talks)
def test_late_answers_are_those_of_the_words(agents, told):
    asked = write(told)

    assert found("slow_first_reply", agents, first_seconds=45, ring_seconds=10) == sorted(
        late(asked, FIRST, first=True)
    )
    assert found("slow_reply", agents, minutes=3) == sorted(late(asked, ANY, first=False))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=talks)
def test_figures_of_answers_are_those_counted_by_hand(agents, told):
    asked = [one for one in write(told) if one.at < at("2026-11-20 18:00")]
    counted = [one for one in asked if one.who and any(begins <= one.at < ends for begins, ends in HOURS.values())]

    def took(one: Asked) -> timedelta | None:
        begins, ends = HOURS[one.who]
        starts = max(one.at, begins) if one.answered_at and begins <= one.answered_at and one.at < ends else one.at
        return one.answered_at - starts if one.answered_at else None

    for nick in (NINA, YUE):
        [employee] = [pk for pk, name in agents.items() if name == nick]
        mine = [one for one in counted if one.who == nick]
        firsts = [one for one in mine if one.is_first]
        quick = sum(1 for one in firsts if (span := took(one)) is not None and span <= FIRST)
        soon = sum(1 for one in mine if (span := took(one)) is not None and span <= ANY)
        assert read("first_reply_in_time", employee) == ((quick, len(firsts)) if firsts else None)
        assert read("replies_in_minutes", employee) == ((soon, len(mine)) if mine else None)


def read(name: str, employee: int) -> tuple[int, int] | None:
    for one in METRICS[f"service.{name}"].read(FRIDAY):
        if one.employee_id == employee:
            return int(one.numerator), int(one.denominator or 0)
    return None


SPANS = st.lists(
    st.tuples(
        st.sampled_from(("online", "idle", "away", "offline")),
        st.sampled_from((59, 60, 61, 600, 3600, 7200, 20000)),
        st.sampled_from((1, 30, 3600)),
    ),
    max_size=7,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=SPANS, begins=st.sampled_from(("07:00:00", "07:59:30", "10:00:00", "16:30:00", "16:59:30")))
def test_absences_nobody_was_told_of_are_those_of_the_words(agents, told, begins):
    """Away for over a minute on duty, still shown as online: once for each absence (CS-049)."""
    Presence.objects.all().delete()
    person = Employee.objects.get(username="lina")
    moment, wanted = at(f"2026-11-20 {begins}"), []
    for status, seconds, pause in told:
        ends = moment + timedelta(seconds=seconds)
        a_presence(person, status, moment, ends)
        starts_work, ends_work = HOURS[NINA]
        if status == "idle" and starts_work <= moment < ends_work and seconds > 60:
            wanted.append((moment + timedelta(seconds=60), NINA))
        moment = ends + timedelta(seconds=pause)

    assert found("away_unmarked", agents, seconds=60) == sorted(wanted)
