"""Kept columns: listed with their use, changed when the sheet changes, forgotten when it is gone."""

from __future__ import annotations

import pytest
from django.urls import reverse

from service.imports import READERS
from service.imports.mappings import change_mapping, forget_mapping
from service.models import ColumnMapping
from service.states import FileKind
from shopops.kit.refusals import Refused
from staff.models import Event
from tests.factories.staff import NOON, employee_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def zhaomin():
    return employee_with("service.import_service_files", username="zhaomin", name="赵敏")


def fields():
    return READERS[FileKind.CHATS].fields


@pytest.fixture
def mapping(zhaomin) -> ColumnMapping:
    columns = {one.name: f"列{place}" for place, one in enumerate(fields()) if one.is_needed}
    return ColumnMapping.objects.create(
        kind=FileKind.CHATS, name="我们的聊天表", columns=columns, kept_by=zhaomin, kept_at=NOON
    )


def test_changed_columns_are_kept_with_what_they_were_before(mapping, zhaomin):
    first = next(one.name for one in fields() if one.is_needed)

    change_mapping(mapping, mapping.columns | {first: " 新表头 "}, name="新名字", by=zhaomin, at=NOON)

    mapping.refresh_from_db()
    assert (mapping.name, mapping.columns[first]) == ("新名字", "新表头")
    assert Event.objects.get(verb="service.mapping_changed").changes["name"] == ["我们的聊天表", "新名字"]


@pytest.mark.parametrize("wrong", ["missing", "twice", "nameless", "taken"])
def test_columns_that_cannot_be_read_are_refused(mapping, zhaomin, wrong):
    columns, name = dict(mapping.columns), mapping.name
    first, second = list(columns)[:2]
    if wrong == "missing":
        columns[first] = " "
    elif wrong == "twice":
        columns[first] = columns[second]
    elif wrong == "nameless":
        name = " "
    else:
        ColumnMapping.objects.create(
            kind=mapping.kind, name="已有", columns=mapping.columns, kept_by=zhaomin, kept_at=NOON
        )
        name = "已有"

    with pytest.raises(Refused):
        change_mapping(mapping, columns, name=name, by=zhaomin, at=NOON)


def test_a_forgotten_mapping_leaves_an_event(mapping, zhaomin):
    forget_mapping(mapping, by=zhaomin, at=NOON)

    assert not ColumnMapping.objects.exists()
    assert Event.objects.filter(verb="service.mapping_forgotten").count() == 1


def test_the_pages_show_change_and_forget(client, mapping, zhaomin):
    client.force_login(zhaomin)
    page = reverse("service:mapping", args=[mapping.pk])
    assert "我们的聊天表" in client.get(reverse("service:mappings")).content.decode()
    good = {f"column_{name}": header for name, header in mapping.columns.items()}

    assert "已修改" not in client.post(page, {"name": ""} | good).content.decode()
    assert client.post(page, {"name": "改过的"} | good).status_code == 302
    assert "改过的" in client.get(page).content.decode()
    client.post(reverse("service:mapping_forgetting", args=[mapping.pk]))
    assert client.get(page).status_code == 404
    assert "还没有列对应" in client.get(reverse("service:mappings")).content.decode()


def test_without_the_right_there_is_nothing_to_see(client, mapping):
    client.force_login(employee_with("service.view_agentday", username="lina", name="李娜"))

    assert client.get(reverse("service:mappings")).status_code == 403


@pytest.mark.parametrize("asked", ["3", "abc", "9" * 40, "1,2"])
def test_agents_days_of_an_import_are_found_by_its_number(client, asked):
    client.force_login(employee_with("service.view_agentday", username="hejie", name="何洁"))

    assert client.get(reverse("service:agent_days"), {"batch": asked}).status_code == 200
