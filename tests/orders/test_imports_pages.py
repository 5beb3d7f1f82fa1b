"""The pages of imports: upload, progress, result, rejected rows, the list of all."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from orders.actions.exceptions import clear_exception
from orders.actions.imports import KEPT_FOR, forget_old_uploads, start_import, take_platform_values
from orders.actions.review import approve_order
from orders.actions.screening import screen_orders
from orders.models import ImportBatch, Order
from orders.states import ExceptionKind, ImportState
from shopops.kit.refusals import Refused
from staff.actions.jobs import run_job
from staff.models import Employee, Event, JobRun
from tests.factories.imports import import_pair, import_texts, line_csv, order_csv
from tests.factories.orders import stocked_sku
from tests.factories.staff import NOON, ShopFactory, employee_with
from tests.factories.taobao import line, order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

PAIR = order_csv([order(1), order(2, 总金额="viel")]), line_csv([line(1)])


@pytest.fixture
def lina() -> Employee:
    """客服 李娜, who imports."""
    return employee_with("orders.import_orders", "orders.view_order", username="lina", name="李娜")


@pytest.fixture
def page(client, lina):
    client.force_login(lina)
    client.cookies["django_language"] = "en"
    return client


def files(*texts: str) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(f"file{place}.csv", text.encode("gb18030")) for place, text in enumerate(texts)]


def upload(page, *texts: str, **fields) -> ImportBatch:
    answer = page.post(reverse("orders:import_upload"), {"reports": files(*texts), **fields})
    batch = ImportBatch.objects.latest("pk")
    assert answer["Location"] == reverse("orders:import_batch", args=[batch.pk])
    return batch


def work(batch: ImportBatch) -> ImportBatch:
    """Do what the worker does."""
    run_job(batch.job_run, at=NOON)
    batch.refresh_from_db()
    batch.job_run.refresh_from_db()
    assert batch.job_run.state == "done", batch.job_run.sentence
    return batch


def body(page, batch: ImportBatch, part: str = "") -> str:
    return page.get(reverse("orders:import_batch", args=[batch.pk]), {"part": part}).content.decode()


def test_uploaded_files_are_imported_in_the_background(page, lina):
    batch = upload(page, *PAIR)
    assert (batch.state, batch.started_by, batch.job_run.params) == ("waiting", lina, {"batch_id": batch.pk})
    assert "waiting" in body(page, batch)

    work(batch)

    assert batch.state == ImportState.DONE
    assert Order.objects.get().first_batch == batch
    assert batch.job_run.result["orders"]["new"] == 1
    assert batch.job_run.result["url"] == reverse("orders:import_batch", args=[batch.pk])
    assert Event.objects.get(verb="orders.imported").by == lina


def test_the_orders_are_screened_in_the_same_job(page):
    sku = stocked_sku(code="YS-0001")

    work(upload(page, *PAIR))

    one = Order.objects.get()
    assert one.lines.get().sku == sku
    assert one.ship_by is not None


def test_a_new_order_of_unknown_goods_waits_as_unmatched(page):
    work(upload(page, *PAIR))

    assert Order.objects.get().troubles == [ExceptionKind.UNMATCHED]


def test_the_uploaded_files_are_deleted_when_they_are_imported(page):
    batch = upload(page, *PAIR)
    stored = [one["stored"] for one in batch.files]
    assert all(default_storage.exists(name) for name in stored)

    work(batch)

    assert not any(default_storage.exists(name) for name in stored)
    assert [one["name"] for one in batch.files] == ["file0.csv", "file1.csv"]


def test_a_rehearsal_can_be_imported_for_real_without_uploading_again(page):
    rehearsal = work(upload(page, *PAIR, rehearse="on"))
    assert (rehearsal.state, Order.objects.count()) == (ImportState.REHEARSED, 0)
    assert "Nothing was written" in body(page, rehearsal)

    page.post(reverse("orders:import_repetition", args=[rehearsal.pk]))
    batch = work(ImportBatch.objects.latest("pk"))

    assert (batch.state, Order.objects.count()) == (ImportState.DONE, 1)
    rehearsal.refresh_from_db()
    assert "Import for real" not in body(page, rehearsal)
    page.post(reverse("orders:import_repetition", args=[rehearsal.pk]))
    assert ImportBatch.objects.latest("pk") == batch


def test_the_other_files_of_a_refused_upload_are_named_and_deleted_too(page):
    batch = upload(page, "<html>", PAIR[0])
    stored = [one["stored"] for one in batch.files]

    work(batch)

    assert batch.state == ImportState.REFUSED
    assert [one["name"] for one in batch.files] == ["file0.csv", "file1.csv"]
    assert not any(default_storage.exists(name) for name in stored)


def test_a_chosen_shop_takes_all_orders(page):
    shop = ShopFactory(name="云杉旗舰店")

    work(upload(page, *PAIR, shop=shop.pk))

    assert Order.objects.get().shop == shop


def test_hostile_and_wrong_files_get_a_sentence(page):
    batch = work(upload(page, "<html><script>alert(1)</script>"))

    assert batch.state == ImportState.REFUSED
    assert "This is a web page" in body(page, batch)
    assert "<script>alert" not in body(page, batch)


@pytest.mark.parametrize("fields", [{}, {"reports": SimpleUploadedFile("empty.csv", b"")}])
def test_an_upload_of_nothing_goes_back_with_a_sentence(page, fields):
    answer = page.post(reverse("orders:import_upload"), fields, follow=True)

    assert answer.redirect_chain[-1][0] == reverse("orders:imports")
    assert not ImportBatch.objects.exists()
    assert answer.content.decode().count('role="alert"') or answer.context["messages"]


def test_more_than_may_be_uploaded_is_refused(lina, settings):
    settings.UPLOAD_MOST_BYTES = 1000
    with pytest.raises(Refused, match="too big"):
        start_import(files("x" * 1001), by=lina, at=NOON)


def test_a_file_name_is_shown_as_text_and_never_as_a_path(lina):
    batch = start_import([SimpleUploadedFile("x", b"a,b")], by=lina, at=NOON)
    file = SimpleUploadedFile("x.csv", b"a,b")
    file._name = "../../etc/<b>evil</b>\x00.csv"
    other = start_import([file], by=lina, at=NOON)

    assert batch.files[0]["name"] == "x"
    assert other.files[0]["name"] == "b>.csv" or "/" not in other.files[0]["name"]
    assert other.files[0]["stored"].startswith("imports/uploads/")


def test_the_result_page_has_a_tab_for_each_question(page):
    work(upload(page, *PAIR))
    changed = work(upload(page, order_csv([order(1, 订单备注="加急", 收货人姓名="吴大力")]), line_csv([line(1)])))

    first = body(page, ImportBatch.objects.earliest("pk"), "new")
    assert "加厚羊羔绒外套" in first
    told = body(page, changed, "changed")
    assert "加急" in told
    assert ("吴**" in told, "吴大力" in told) == (True, False)
    assert "“viel” is not an amount of money" in body(page, ImportBatch.objects.earliest("pk"), "remarks")
    assert "file1.csv" in body(page, changed, "files")


def test_personal_data_stand_in_full_only_for_those_who_may(client):
    client.cookies["django_language"] = "en"
    client.force_login(employee_with("orders.import_orders", "orders.reveal_personal_data", username="chenjing"))
    import_pair([order(1)], [line(1)])
    batch = import_texts(order_csv([order(1, 收货人姓名="吴大力")]))

    assert "吴大力" in body(client, batch, "changed")


def test_the_progress_of_an_import_that_is_over_loads_the_page_anew(page):
    batch = upload(page, *PAIR)
    url = reverse("orders:import_progress", args=[batch.pk])
    assert "HX-Refresh" not in page.get(url)

    work(batch)

    assert page.get(url)["HX-Refresh"] == "true"


def test_rejected_rows_are_handed_over_as_a_spreadsheet(page):
    batch = work(upload(page, *PAIR))

    answer = page.get(reverse("orders:import_rejected", args=[batch.pk]))

    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    assert book.active.cell(2, 7).value == "viel"
    clean = work(upload(page, order_csv([order(5)])))
    assert page.get(reverse("orders:import_rejected", args=[clean.pk])).status_code == 404


def test_only_people_who_may_import_get_in(client, db):
    client.force_login(employee_with("orders.view_order", username="wangqiang"))

    assert client.get(reverse("orders:imports")).status_code == 403
    assert client.post(reverse("orders:import_upload"), {"reports": files("x")}).status_code == 403


def test_the_list_asks_the_same_number_of_questions_for_one_import_and_for_three(page, queries_of):
    url = reverse("orders:imports")
    import_texts(order_csv([order(1)]))
    page.get(url)
    one = queries_of(lambda: page.get(url))
    for place in (2, 3):
        import_texts(order_csv([order(place)]))

    assert queries_of(lambda: page.get(url)) == one


def test_an_import_that_is_run_again_after_a_crash_ends_as_one(page):
    batch = upload(page, *PAIR)
    ImportBatch.objects.filter(pk=batch.pk).update(state=ImportState.READING)

    work(batch)
    JobRun.objects.filter(pk=batch.job_run_id).update(state="queued")
    run_job(JobRun.objects.get(pk=batch.job_run_id), at=NOON)

    assert Order.objects.count() == 1
    assert Event.objects.filter(verb="orders.imported").count() == 1


def test_an_import_whose_files_are_gone_says_so(page):
    batch = upload(page, *PAIR)
    default_storage.delete(batch.files[0]["stored"])

    work(batch)

    assert (batch.state, batch.sentence) == ("refused", "The uploaded files are not there any more. Upload them again.")


def test_files_of_old_rehearsals_are_forgotten(page):
    rehearsal = work(upload(page, *PAIR, rehearse="on"))
    stored = rehearsal.files[0]["stored"]

    forget_old_uploads(at=rehearsal.started_at + KEPT_FOR / 2)
    assert default_storage.exists(stored)
    forget_old_uploads(at=rehearsal.started_at + KEPT_FOR * 2)

    assert not default_storage.exists(stored)


def test_what_was_held_back_can_be_taken_over(lina):
    stocked_sku(code="YS-0001")
    import_pair([order(1)], [line(1)])
    one = Order.objects.get()
    screen_orders([one.pk], at=NOON)
    one.refresh_from_db()
    approve_order(one, by=lina, at=NOON)
    import_texts(order_csv([order(1, 收货人姓名="吴大力", 总金额="178.00")]))
    one.refresh_from_db()
    assert (one.receiver_name, one.total) == ("周某某", 188)

    take_platform_values(one, by=lina, at=NOON)
    clear_exception(one, ExceptionKind.ADDRESS_CHANGED, by=lina, at=NOON)

    assert (one.receiver_name, one.total, one.platform_values) == ("吴大力", 178, None)
    with pytest.raises(Refused):
        take_platform_values(one, by=lina, at=NOON)
