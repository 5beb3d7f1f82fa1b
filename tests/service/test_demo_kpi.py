"""The demo shop's indicators: imports on most mornings, scores on forms, one of them mended."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orders.metrics.review import by_the_hour
from orders.models import ImportBatch
from service.actions.demo.kpi import make_imports, make_scores, report_time
from shopops.kit.clock import shop_day
from staff.actions.kpi import load_kpis
from staff.models import KpiScore
from tests.factories.rulebook import at
from tests.factories.staff import ShopFactory, make_cast

SATURDAY = at("2026-11-21 09:30")


@pytest.fixture
def cast(db):
    people = make_cast(at=SATURDAY)
    load_kpis(at=SATURDAY)
    return people


def test_most_mornings_bring_an_import_in_time_and_some_too_late(cast):
    ShopFactory()
    ShopFactory(name="云杉生活馆")
    made = make_imports(days=60, by=cast["zhaomin"], at=SATURDAY)
    batches = list(ImportBatch.objects.all())
    assert made == len(batches) > 100
    assert max(batch.finished_at for batch in batches) <= SATURDAY
    late = [batch for batch in batches if batch.finished_at > by_the_hour(shop_day(batch.finished_at))]
    assert 0 < len(late) < len(batches) / 5


def test_superiors_have_scored_most_of_last_month_and_mended_one(cast):
    made = make_scores(at=SATURDAY)
    in_force = KpiScore.objects.filter(replaced_at=None)
    assert made == in_force.count() > 10
    assert KpiScore.objects.exclude(replaced_at=None).count() == 1
    assert set(in_force.values_list("month", flat=True)) == {shop_day(SATURDAY).replace(month=10, day=1)}
    assert make_scores(at=SATURDAY) < made


def test_reports_were_made_the_morning_after_and_once_too_late():
    times = [report_time(back, SATURDAY) for back in range(1, 15)]
    days = [shop_day(SATURDAY) - timedelta(days=back - 1) for back in range(1, 15)]
    assert [shop_day(one) for one in times] == days
    assert sum(one > by for one, by in zip(times, [at(f"{day} 10:00") for day in days], strict=True)) == 1
