"""What appraisals put on “my work”, and the data they start from."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from pypdf import PdfReader

from shopops.kit.worklists import WORKLISTS
from staff.actions.appraisal_setup import change_weights, load_appraisal
from staff.actions.appraisals import object_to_result
from staff.exports.appraisal_papers import print_papers
from staff.models import Appraisal, AppraisalWeight, GradeBand, Position
from tests.factories.appraisal import at, make_house, open_month, publish, score_everybody
from tests.factories.staff import NOON

pytestmark = pytest.mark.django_db


def waiting(name: str, person, moment: str):
    return WORKLISTS[f"staff.{name}"].waiting(person.pk, at(moment))


def test_each_finds_what_is_theirs_to_do_until_when():
    cast = make_house()
    cycle = open_month()
    lina, hejie, hr = cast["lina"], cast["hejie"], cast["xujing"]
    assert waiting("self_reviews", lina, "2026-10-31 10:00").tasks[0].due_at == at("2026-11-01 00:00")
    assert waiting("self_reviews", lina, "2026-11-01 10:00").overdue == 1
    assert waiting("people_to_score", hejie, "2026-10-31 10:00").count == 0
    found = waiting("people_to_score", hejie, "2026-11-02 10:00")
    assert (found.count, found.overdue, found.tasks[0].due_at) == (4, 0, at("2026-11-11 00:00"))
    assert waiting("people_to_score", hejie, "2026-11-11 00:01").overdue == 4
    score_everybody(cycle)
    assert waiting("people_to_score", hejie, "2026-11-06 10:00").count == 0
    publish(cycle, hr)
    assert waiting("results_to_sign", lina, "2026-11-12 10:00").count == 1
    mine = Appraisal.objects.get(cycle=cycle, employee=lina)
    object_to_result(mine, text="快递停运", by=lina, at=at("2026-11-12 10:00"))
    assert waiting("objections", hr, "2026-11-12 11:00").count == 1
    assert waiting("objections", hejie, "2026-11-12 11:00").count == 0
    assert waiting("results_to_sign", lina, "2026-11-12 11:00").count == 0


def test_loading_makes_what_is_missing_and_leaves_what_people_changed():
    cast = make_house(terms="")
    posts = Position.objects.filter(is_used=True)
    assert [str(one.from_score.normalize()) for one in GradeBand.objects.all()] == ["9E+1", "75", "6E+1", "0"]
    assert set(posts.filter(weights=None).values_list("code", flat=True)) == {
        "operations-supervisor", "operations-specialist", "analyst",
    }  # fmt: skip
    post = cast["lina"].positions.get()
    change_weights(post, {None: 100}, by=cast["chenjing"], at=NOON)
    assert load_appraisal(at=NOON) == {"grades": 0, "posts": 0, "wait": 3}
    assert AppraisalWeight.objects.get(position=post).weight == 100
    call_command("load_kpis", stdout=StringIO())
    call_command("load_appraisal", "--json", stdout=(out := StringIO()))
    assert out.getvalue().strip() == '{"grades": 0, "posts": 3, "wait": 0}'
    for one in posts.prefetch_related("weights"):
        assert sum(weight.weight for weight in one.weights.all()) == 100


def test_a_paper_prints_the_snapshot_in_chinese(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    cast = make_house()
    cycle = open_month()
    score_everybody(cycle)
    publish(cycle, cast["xujing"])
    mine = Appraisal.objects.get(cycle=cycle, employee=cast["lina"])
    assert print_papers(cycle, only=mine.pk) == 1
    assert print_papers(cycle, only=mine.pk) == 0
    mine.refresh_from_db()
    with mine.paper.open("rb") as stream:
        text = "".join(one.extract_text() for one in PdfReader(stream).pages).replace("\n", "")
    for words in ("李娜", "APR-202610-B002-1", "97.00", "优秀", "2,328.00", "接待咨询", "不扣工资"):
        assert words in text
