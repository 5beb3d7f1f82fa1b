"""Grades and weights in the admin site, and reckoning that takes as many queries for many as for few."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from staff.actions.appraisal_cycles import audit_cycle, publish_cycle
from staff.actions.appraisal_reckoning import reckon
from staff.admin.appraisal import GradeForm
from staff.models import Appraisal, AppraisalWeight, GradeBand
from tests.factories.appraisal import at, make_house, open_month, score_everybody

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make_house()


def form(code: str, **changes) -> GradeForm:
    band = GradeBand.objects.get(code=code)
    data = {name: getattr(band, name) for name in GradeForm.Meta.fields}
    return GradeForm({**data, **changes}, instance=band)


def test_more_score_is_never_less_bonus_and_every_score_has_a_grade(house):
    assert form("good", from_score="80", coefficient="1.1").is_valid()
    assert "no lower coefficient" in str(form("good", coefficient="1.3").errors)
    assert "no lower coefficient" in str(form("good", from_score="95").errors)
    assert "starts from 0" in str(form("unqualified", from_score="10").errors)
    assert "below 0" in str(form("unqualified", coefficient="-1").errors)


def test_weights_of_a_post_in_the_admin_make_up_100(client, house):
    post = house["lina"].positions.get()
    first, second = AppraisalWeight.objects.filter(position=post).order_by("pk")
    client.force_login(house["chenjing"])
    house["chenjing"].is_superuser = True
    house["chenjing"].save()
    page = client.get(f"/admin/staff/position/{post.pk}/change/")
    assert page.status_code == 200
    data = {
        "code": post.code, "name": post.name, "name_en": post.name_en, "aliases": "", "unit": post.unit_id,
        "position": post.position, "is_used": "on", "duties": "", "duties_en": "",
        "permissions": list(post.group.permissions.values_list("pk", flat=True)),
        "weights-TOTAL_FORMS": "2", "weights-INITIAL_FORMS": "2",
        "weights-0-id": first.pk, "weights-0-position": post.pk, "weights-0-kpi": first.kpi_id or "",
        "weights-0-weight": "60", "weights-1-id": second.pk, "weights-1-position": post.pk,
        "weights-1-kpi": second.kpi_id or "", "weights-1-weight": "30",
    }  # fmt: skip
    assert client.post(page.request["PATH_INFO"], data).status_code == 200
    assert client.post(page.request["PATH_INFO"], {**data, "weights-1-weight": "40"}).status_code == 302
    assert set(AppraisalWeight.objects.filter(position=post).values_list("weight", flat=True)) == {60, Decimal(40)}


def test_reckoning_and_publishing_take_as_many_queries_for_many_as_for_few(house):
    service = house["lina"].unit
    cycle = open_month()
    Appraisal.objects.filter(cycle=cycle).exclude(employee__in=[house["lina"], house["wangqiang"]]).delete()
    with CaptureQueriesContext(connection) as few:
        reckon(cycle)
    assert open_month().appraisals.filter(employee__unit=service).count() > 3
    with CaptureQueriesContext(connection) as many:
        reckon(cycle)
    assert len(many) == len(few)
    score_everybody(cycle)
    audit_cycle(cycle, by=house["xujing"], at=at("2026-11-08 09:00"))
    with CaptureQueriesContext(connection) as published:
        publish_cycle(cycle, by=house["xujing"], at=at("2026-11-09 09:00"))
    assert len(published) < 50
