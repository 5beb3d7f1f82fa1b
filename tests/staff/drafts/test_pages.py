"""The pages of drafts: the form, the comparison, the second person, the list and “my work”."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from shopops.kit.worklists import WORKLISTS
from staff.actions.drafts import draft_version, put_draft_forward, shadow_draft
from staff.models import Clause, ClauseVersion, Employee, Trial
from staff.states import TrialKind, VersionState
from tests.factories.rulebook import at, open_book
from tests.factories.staff import EmployeeFactory, employee_with

SATURDAY = at("2026-11-21 09:00")
DRAFTS = ("staff.draft_clause", "staff.run_trial", "staff.view_trial")


@pytest.fixture(autouse=True)
def _saturday(db):
    with time_machine.travel(SATURDAY, tick=False):
        open_book()
        yield


@pytest.fixture
def enter(client):
    """Return a function that logs somebody in."""

    def log_in(employee: Employee):
        client.force_login(employee, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return log_in


@pytest.fixture
def analyst() -> Employee:
    """数据分析员 赵敏, who drafts and tries."""
    return employee_with(*DRAFTS, "staff.view_pointentry", username="zhaomin", name="赵敏")


@pytest.fixture
def head() -> Employee:
    """店长 陈静, who publishes."""
    return employee_with(*DRAFTS, "staff.publish_clause", username="chenjing", name="陈静")


def text_of(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def filled(number: str = "ORD-014", **values: str) -> dict[str, str]:
    version = Clause.objects.get(number=number).versions.get(version=1)
    standard = {
        "text": version.text,
        "text_en": version.text_en,
        "points": "0",
        "per": "case",
        "appeal_days": "7",
        "valid_from": "2026-11-22",
        "note": "周末放宽",
        **{f"with_{name}": str(value) for name, value in version.parameters.items()},
    }
    return {**standard, **values}


def drafted(by: Employee, number: str = "ORD-016", **terms) -> ClauseVersion:
    clause = Clause.objects.get(number=number)
    return draft_version(clause, by=by, at=SATURDAY, **{"points": Decimal(-2), "note": "减轻", **terms})


def test_an_analyst_drafts_and_the_head_publishes(analyst, head, enter):
    client = enter(analyst)
    assert "起草新版本" in text_of(client.get("/rulebook/ORD-014/"))
    assert 'name="with_hours" value="24"' in text_of(client.get("/rulebook/ORD-014/draft/"))
    client.post("/rulebook/ORD-014/draft/", filled(with_hours="48"))
    draft = ClauseVersion.objects.get(state=VersionState.DRAFT)
    assert (draft.parameters, draft.drafted_by) == ({"hours": 48}, analyst)
    page = text_of(client.get(draft.get_absolute_url()))
    assert "<del>24</del><ins>48</ins>" in page
    assert "须由第二人发布" in page
    assert f"{draft.get_absolute_url()}publication/" not in page
    assert client.post(f"{draft.get_absolute_url()}publication/", {"valid_from": "2026-11-22"}).status_code == 403
    client.post(f"{draft.get_absolute_url()}forward/")

    client = enter(head)
    (waiting,) = WORKLISTS["staff.drafts"].waiting(head.pk, SATURDAY).tasks
    assert (waiting.url, waiting.detail) == (draft.get_absolute_url(), "周末放宽")
    assert "赵敏的草案，2026-11-21" in text_of(client.get("/rulebook/ORD-014/"))
    client.post(f"{draft.get_absolute_url()}publication/", {"valid_from": "2026-11-22"})
    draft.refresh_from_db()
    assert (draft.state, draft.version, draft.published_by) == (VersionState.PUBLISHED, 2, head)
    assert WORKLISTS["staff.drafts"].waiting(head.pk, SATURDAY).count == 0
    page = text_of(client.get("/rulebook/ORD-014/"))
    assert "待生效" in page
    assert "周末放宽" in page
    assert "<del>24</del><ins>48</ins>" in text_of(client.get(draft.get_absolute_url()))


def test_the_head_cannot_publish_what_she_wrote_herself(head, enter):
    draft = drafted(head)
    client = enter(head)
    answer = client.post(f"{draft.get_absolute_url()}publication/", {"valid_from": "2026-11-22"})
    assert answer.status_code in (302, 409)
    assert ClauseVersion.objects.get(pk=draft.pk).state == VersionState.DRAFT


def test_a_wrong_day_is_answered_with_a_sentence(analyst, head, enter):
    draft = drafted(analyst)
    client = enter(head)
    for day in ("2026-11-21", "1999-01-01"):
        client.post(f"{draft.get_absolute_url()}publication/", {"valid_from": day})
    assert client.post(f"{draft.get_absolute_url()}publication/", {"valid_from": "soon"}).status_code == 422
    assert ClauseVersion.objects.get(pk=draft.pk).state == VersionState.DRAFT


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"text": "超过 {days} 天亮黄灯"}, "没有对应的值"),
        ({"text_en": "within {hours hours"}, "没有对应的值"),
        ({"with_hours": "soon"}, "整数"),
        ({"with_hours": "-1"}, "0"),
        ({"valid_from": "2026-11-21"}, "最早自明天起生效"),
        ({"valid_from": "2046-01-01"}, "两年"),
        ({"escalates_from": "3"}, "大于 1"),
        ({"escalates_from": "1", "escalates_by": "2"}, "2"),
        ({"appeal_days": "0"}, "1"),
        ({"note": ""}, "必填"),
        ({"per": "hour"}, "hour"),
        ({"excuses": ["weather"]}, "weather"),
        ({"monthly_cap": "-5"}, "0"),
        ({"points": "99999"}, "1000"),
    ],
)
def test_wrong_values_are_answered_field_by_field(analyst, enter, values, sentence):
    answer = enter(analyst).post("/rulebook/ORD-014/draft/", filled(**values))
    assert answer.status_code == 422
    assert "有些内容需要修改" in answer.content.decode()
    assert sentence in answer.content.decode()
    assert not ClauseVersion.objects.filter(state=VersionState.DRAFT).exists()


def test_a_penalty_does_not_become_a_reward_by_a_slip(analyst, enter):
    answer = enter(analyst).post("/rulebook/ORD-016/draft/", filled("ORD-016", points="2"))
    assert answer.status_code == 422
    assert "扣分为负" in answer.content.decode()


def test_a_draft_is_changed_in_the_same_form(analyst, enter):
    draft = drafted(analyst)
    client = enter(analyst)
    address = f"{draft.get_absolute_url()}wording/"
    assert 'name="points" value="-2"' in text_of(client.get(address))
    terms = filled("ORD-016", points="-1.5", excuses=["leave"], monthly_cap="20", superior_points="-1", note="再减轻")
    assert client.post(address, terms).status_code == 302
    draft.refresh_from_db()
    assert (draft.points, draft.excuses, draft.monthly_cap) == (Decimal("-1.5"), ["leave"], Decimal(20))
    assert (draft.superior_points, draft.note) == (Decimal(-1), "再减轻")


def test_the_wind_tunnel_is_asked_for_the_last_ninety_days(analyst, enter):
    draft = drafted(analyst)
    client = enter(analyst)
    assert "尚未试算" in text_of(client.get(draft.get_absolute_url()))
    client.post(f"{draft.get_absolute_url()}tunnel/")
    trial = Trial.objects.get()
    assert (trial.kind, trial.first, trial.last) == (TrialKind.TUNNEL, date(2026, 8, 23), date(2026, 11, 20))
    assert [*trial.versions.all()] == [draft]
    page = text_of(client.get(draft.get_absolute_url()))
    assert f'hx-get="/trials/{trial.pk}/progress/" hx-trigger="every 1s"' in page
    assert "<progress" in text_of(client.get(f"/trials/{trial.pk}/progress/"))


def test_what_nobody_watches_is_not_tried(analyst, enter):
    draft = drafted(analyst, "ORD-015", points=Decimal(0), appeal_days=5)
    client = enter(analyst)
    page = text_of(client.get(draft.get_absolute_url()))
    assert "没有可以试算的历史个案" in page
    client.post(f"{draft.get_absolute_url()}tunnel/")
    client.post(f"{draft.get_absolute_url()}shadow/", {"shadow": "on"})
    assert not Trial.objects.exists()


def test_of_a_clause_that_people_report_the_confirmed_cases_are_tried(analyst, enter):
    draft = drafted(analyst, "DATA-018", points=Decimal(-12))
    client = enter(analyst)
    assert "人工上报" in text_of(client.get(draft.get_absolute_url()))
    client.post(f"{draft.get_absolute_url()}tunnel/")
    assert [*Trial.objects.get().versions.all()] == [draft]


def test_a_draft_runs_in_shadow_and_ends_it(analyst, enter):
    draft = drafted(analyst)
    client = enter(analyst)
    client.post(f"{draft.get_absolute_url()}shadow/", {"shadow": "on"})
    page = text_of(client.get(draft.get_absolute_url()))
    assert "结束影子运行" in page
    assert "还没有过夜" in page
    assert f"{draft.get_absolute_url()}wording/" not in page
    client.post(f"{draft.get_absolute_url()}shadow/")
    draft.refresh_from_db()
    assert draft.state == VersionState.DRAFT


def test_a_dropped_draft_stays_readable(analyst, enter):
    draft = drafted(analyst)
    client = enter(analyst)
    client.post(f"{draft.get_absolute_url()}removal/", {"reason": "改用别的办法"})
    page = text_of(client.get(draft.get_absolute_url()))
    assert "已放弃" in page
    assert "改用别的办法" in page
    assert "放弃草案" not in page


@pytest.mark.parametrize("address", ["", "wording/", "forward/", "tunnel/", "shadow/", "publication/", "removal/"])
def test_drafts_are_for_those_who_draft(analyst, enter, address):
    draft = drafted(analyst)
    client = enter(EmployeeFactory(username="sunyue", name="孙悦"))
    assert client.get(draft.get_absolute_url()).status_code == 403
    assert client.post(f"{draft.get_absolute_url()}{address}").status_code in (403, 405)


def test_a_clause_shows_its_drafts_to_those_who_draft_only(analyst, enter):
    draft = drafted(analyst)
    assert draft.get_absolute_url() in text_of(enter(analyst).get("/rulebook/ORD-016/"))
    page = text_of(enter(EmployeeFactory(username="sunyue", name="孙悦")).get("/rulebook/ORD-016/"))
    assert draft.get_absolute_url() not in page
    assert "起草新版本" not in page


def test_the_list_has_tabs_and_takes_the_same_queries_for_one_draft_and_for_three(analyst, head, enter):
    client = enter(head)
    put_draft_forward(drafted(analyst), by=analyst, at=SATURDAY)

    def queries() -> int:
        client.get("/rulebook/drafts/")
        with CaptureQueriesContext(connection) as asked:
            page = text_of(client.get("/rulebook/drafts/"))
        assert "ORD-016" in page
        return len(asked)

    one = queries()
    shadow_draft(drafted(analyst, "ORD-014", points=Decimal(0), parameters={"hours": 48}), by=analyst, at=SATURDAY)
    drafted(analyst, "ORD-025")
    assert queries() == one
    assert "ORD-014" not in text_of(client.get("/rulebook/drafts/?tab=waiting"))
    assert "ORD-014" in text_of(client.get("/rulebook/drafts/?tab=shadow"))
    assert "赵敏" in text_of(client.get("/rulebook/drafts/?q=ORD-025"))


def test_both_languages_read_the_comparison(analyst, enter):
    draft = drafted(analyst, escalates_from=3, escalates_by=Decimal(2))
    client = enter(analyst)
    assert "当月第 3 次起 ×2" in text_of(client.get(draft.get_absolute_url()))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    with translation.override("zh-hans"):  # the request leaves its language behind
        assert "×2 from case 3 of a month" in text_of(client.get(draft.get_absolute_url()))
