"""A list page as a reader meets it: tabs, counts, order, pages, columns, views, and what a crooked URL does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from importlib import import_module

import pytest
from django.db import connection
from django.db.models import Model, QuerySet
from django.test.utils import CaptureQueriesContext

from shopops.kit.lists import Column, ListPage, Sort
from shopops.kit.lists.filters import WordsFilter
from shopops.kit.lists.keeping import keeper
from staff.models import SavedView
from tests.kit.lists.people import PEOPLE, make_people

pytestmark = pytest.mark.django_db


def names(answer) -> list[str]:
    return re.findall(r"data-opens>([^<]+)</a>", answer.content.decode())


def counts(answer) -> dict[str, str]:
    found = re.findall(r'class="is-\w+">([^<]+)<span class="count-badge">([^<]*)</span>', answer.content.decode())
    return dict(found)


def test_the_first_tab_is_open_and_every_tab_says_how_many_rows_it_has(at, chen_jing):
    make_people(3)
    make_people(2, first=10, is_active=False)

    answer = at(chen_jing)

    assert answer.status_code == 200
    assert counts(answer) == {"在职": "4", "离职": "2", "我": "1", "内部": "0", "全部": "6"}
    assert "陈静" in names(answer)
    assert len(names(answer)) == 4


def test_counts_stop_at_a_thousand(at, li_na, monkeypatch):
    monkeypatch.setattr("shopops.kit.lists.counts.MOST", 3)
    make_people(5)

    assert counts(at(li_na))["在职"] == "3+"


def test_all_tabs_are_counted_in_one_statement(at, li_na):
    at(li_na)
    with CaptureQueriesContext(connection) as queries:
        at(li_na)

    assert sum("COUNT(*) FROM (SELECT" in one["sql"] for one in queries) == 1


def test_the_number_of_queries_does_not_grow_with_the_rows(at, li_na):
    at(li_na)
    make_people(1)
    with CaptureQueriesContext(connection) as few:
        at(li_na)
    make_people(30, first=100)
    with CaptureQueriesContext(connection) as many:
        at(li_na)

    assert len(many) == len(few) <= 12


def test_a_tab_for_which_the_permission_lacks_is_neither_shown_nor_opened(at, li_na):
    answer = at(li_na, "?tab=secret")

    assert "内部" not in counts(answer)
    assert names(answer) == ["李娜"]


def test_a_column_for_which_the_permission_lacks_does_not_exist(at, li_na, chen_jing):
    assert 'data-col="salary"' not in at(li_na, "?cols=salary,number").content.decode()
    assert 'data-col="salary"' in at(chen_jing, "?cols=salary,number").content.decode()


def test_columns_appear_in_the_order_asked_for_and_fixed_ones_cannot_be_left_out(at, li_na):
    page = at(li_na, "?cols=login,number").content.decode()

    assert re.findall(r'data-col="(\w+)"', page) == ["name", "login", "number"]


def test_a_heading_sorts_and_turns_round(at, li_na):
    make_people(3)

    upwards = at(li_na, "?sort=number&q=员工")
    downwards = at(li_na, "?sort=-number&q=员工")

    assert names(upwards) == names(downwards)[::-1]
    assert 'aria-sort="ascending"' in upwards.content.decode()
    assert "sort=-number" in upwards.content.decode()


def test_people_without_a_date_come_last_either_way(at, li_na):
    make_people(1, first=1, hired_on=None)
    make_people(1, first=2, hired_on=date(2026, 1, 5))
    make_people(1, first=3, hired_on=date(2025, 1, 5))

    assert names(at(li_na, "?sort=hired&q=员工")) == ["员工00002", "员工00003", "员工00001"]
    assert names(at(li_na, "?sort=-hired&q=员工")) == ["员工00003", "员工00002", "员工00001"]


def test_pages_lead_on_and_back_and_say_where_one_is(at, li_na):
    make_people(45)
    first = at(li_na, "?size=20&sort=number")
    older = re.search(r'rel="next" href="/kit/people/([^"]+)"', first.content.decode())[1].replace("&amp;", "&")
    second = at(li_na, older)
    newer = re.search(r'rel="prev" href="/kit/people/([^"]+)"', second.content.decode())[1].replace("&amp;", "&")

    assert "第 1–20 条" in first.content.decode()
    assert "第 21–40 条" in second.content.decode()
    assert 'rel="prev"' not in first.content.decode()
    assert not set(names(first)) & set(names(second))
    assert names(at(li_na, newer)) == names(first)


def test_a_page_whose_rows_are_gone_shows_the_first_one(at, li_na):
    make_people(3)

    assert len(names(at(li_na, "?sort=number&after=ZZZZ,999999&at=100"))) == 4


@pytest.mark.parametrize(
    "query",
    [
        "?tab=nonsense&sort=nonsense&size=9999&cols=,,&after=&before=",
        "?after=x",
        "?after=1,2,3,4,5,6",
        "?sort=number&after=%00,1",
        "?sort=number&after=P1,99999999999999999999999999",
        "?sort=hired&after=not-a-day,7",
        "?sort=hired&before=~null,abc",
        "?at=-5&size=-1",
        "?q=%00%00",
        "?q=" + "长" * 5000,
        "?number=" + "%0A".join(f"P{n}" for n in range(2500)),
        "?hired=never&hired_from=2026-13-45&hired_to=x",
        "?id_between_from=1e999&id_between_to=NaN",
        "?unit=abc&unit=99999999999999999999",
        "?works=maybe&office=x",
    ],
)
def test_a_crooked_url_never_breaks_the_page(at, li_na, query):
    assert at(li_na, query).status_code == 200


def test_what_is_not_understood_is_said_beside_the_field_and_left_out(at, li_na):
    page = at(li_na, "?hired_from=2026-11-20&hired_to=2026-11-01").content.decode()

    assert "开始日期晚于结束日期" in page
    assert "李娜" in page


def test_htmx_gets_the_part_with_the_rows_and_the_filters(at, li_na):
    part = at(li_na, HX_Request="true", HX_Target="list").content.decode()

    assert part.lstrip().startswith('<section class="card list-card" id="list"')
    assert 'id="list-tools" hx-swap-oob="true"' in part
    assert "<html" not in part


def test_going_back_in_the_browser_gets_the_whole_page(at, li_na):
    answer = at(li_na, HX_Request="true", HX_Target="list", HX_History_Restore_Request="true")

    assert "<html" in answer.content.decode()


def test_under_a_filter_the_tabs_are_counted_apart_from_the_rows(at, client, li_na):
    make_people(3)
    page = at(li_na, "?name=员工").content.decode()
    tabs = client.get("/kit/people/counts/?name=员工")

    assert 'hx-get="/kit/people/counts/?name=' in page
    assert counts(tabs)["在职"] == "3"


def test_a_count_that_takes_too_long_is_left_out(at, client, li_na, monkeypatch):
    at(li_na)
    monkeypatch.setattr("shopops.kit.lists.counts.PATIENCE", 1)
    slow = "SELECT " + ", ".join(["(SELECT 1 FROM pg_sleep(1))"] * 4)
    monkeypatch.setattr("shopops.kit.lists.counts._few", lambda rows, parts: None)
    monkeypatch.setattr("shopops.kit.lists.counts._statement", lambda rows, parts: (slow, ()))

    answer = client.get("/kit/people/counts/?name=员工")

    assert answer.status_code == 200
    assert set(counts(answer).values()) == {""}


def test_a_statement_kept_for_the_counts_keeps_nobody_alive(at, li_na, client):
    kept = import_module("shopops.kit.lists.counts")._statements  # the package has a function of this name
    kept.clear()
    at(li_na)
    client.get("/kit/people/counts/")

    def leaves(key: object) -> Iterator[object]:
        if isinstance(key, tuple):
            for one in key:
                yield from leaves(one)
        else:
            yield key

    assert kept
    assert not [one for one in leaves(tuple(kept)) if isinstance(one, Model | QuerySet)]


def test_a_filter_over_a_to_many_relation_counts_each_row_once(at, client, li_na):
    at(li_na)

    assert counts(client.get("/kit/people/counts/?post=1"))["在职"] == "0"


def test_an_empty_list_says_what_to_do(at, li_na):
    empty = at(li_na, "?tab=gone").content.decode()
    narrowed = at(li_na, "?q=nobody").content.decode()

    assert "没有人" in empty
    assert "去添加" in empty
    assert "没有符合条件的内容" in narrowed


def test_a_view_is_kept_shown_recognised_and_deleted(at, client, li_na):
    at(li_na)
    client.post("/kit/people/views/", {"name": "  我的  视图 ", "query": "tab=all&name=员工&after=x"})
    view = SavedView.objects.get(employee=li_na, name="我的 视图")

    assert view.query == "tab=all&name=%E5%91%98%E5%B7%A5"
    assert 'aria-current="true">我的 视图' in at(li_na, f"?{view.query}").content.decode()
    assert 'aria-current="true">我的 视图' not in at(li_na).content.decode()

    client.post(f"/kit/people/views/{view.pk}/removal/")
    assert not SavedView.objects.exists()


def test_a_shared_view_wants_the_permission_and_is_seen_by_everybody(at, client, li_na, chen_jing):
    at(li_na)
    refused = client.post("/kit/people/views/", {"name": "新人", "query": "tab=all", "shared": "1"})
    assert refused.status_code == 409
    assert not SavedView.objects.exists()

    keeper().keep_view("kit.people", "新人", "tab=all", shared=False, by=chen_jing, at=chen_jing.last_login)
    SavedView.objects.update(is_shared=True)
    assert "新人" in at(li_na).content.decode()
    assert client.post(f"/kit/people/views/{SavedView.objects.get().pk}/removal/").status_code == 409


def test_own_columns_and_page_size_hold_until_the_url_says_otherwise(at, client, li_na):
    at(li_na)
    client.post("/kit/people/columns/", {"col": ["login"], "size": "20"})

    assert re.findall(r'data-col="(\w+)"', at(li_na).content.decode()) == ["name", "login"]
    assert re.findall(r'data-col="(\w+)"', at(li_na, "?cols=number").content.decode()) == ["name", "number"]

    client.post("/kit/people/columns/", {"usual": "1"})
    assert re.findall(r'data-col="(\w+)"', at(li_na).content.decode()) == ["name", "number", "hired_on"]


def test_the_page_asks_for_its_permission(at, client, li_na):
    li_na.user_permissions.clear()

    assert at(type(li_na).objects.get(pk=li_na.pk)).status_code == 403
    client.logout()
    assert client.get("/kit/people/").status_code == 302


def test_values_are_escaped(at, li_na):
    make_people(1, first=1)
    person = make_people(1, first=2)[0]
    person.name = "<script>x</script>"
    person.save()

    page = at(li_na).content.decode()

    assert "<script>x</script>" not in page
    assert "&lt;script&gt;x&lt;/script&gt;" in page


def test_a_page_with_a_contradiction_is_refused_when_it_is_declared():
    common = {"title": "x", "permission": "x.y", "rows": lambda reader: None, "values": (), "cells": "x.html"}
    with pytest.raises(ValueError, match="has no sort"):
        ListPage(name="kit.a", columns=(), sorts=(), **common)
    with pytest.raises(ValueError, match="sorts by weight, which is not declared"):
        ListPage(name="kit.b", columns=(Column("a", "a", sort="weight"),), sorts=(Sort("a", "a", "a"),), **common)
    filters = type("F", (PEOPLE.filters.__base__,), {"tab": WordsFilter(field_name="name")})
    with pytest.raises(ValueError, match="must not be called tab"):
        ListPage(name="kit.c", columns=(), sorts=(Sort("a", "a", "a"),), filters=filters, **common)


@pytest.mark.parametrize("most", [2, 1000])
def test_tabs_count_the_same_by_one_walk_and_one_by_one(at, client, li_na, monkeypatch, most):
    make_people(3)
    make_people(1, first=10, is_active=False)
    at(li_na)
    monkeypatch.setattr("shopops.kit.lists.counts.MOST", most)

    tabs = counts(client.get("/kit/people/counts/?name=员工"))

    assert tabs == {
        "在职": "2+" if most == 2 else "3",
        "离职": "1",
        "我": "0",
        "全部": "2+" if most == 2 else "4",
    }


def test_tabs_under_a_filter_that_nothing_fits_all_count_nothing(at, client, li_na):
    at(li_na)

    assert set(counts(client.get("/kit/people/counts/?name=没有此人")).values()) == {"0"}
