"""PDF: readable Chinese from the bundled font alone, nothing from outside, and never in a request."""

from __future__ import annotations

import re
import subprocess
import sys
from io import BytesIO

import pytest
from django.template import engines
from django.test import RequestFactory
from pypdf import PdfReader

from shopops.kit import pdf
from shopops.kit.barcodes import code128
from shopops.kit.charts import Point, trend
from shopops.kit.pdf import (
    PdfIncompleteError,
    PdfMisplacedError,
    PdfUnavailable,
    bundled_file,
    missing_packages,
    no_pdf_here,
    no_pdf_in_requests,
    render_pdf,
    render_pdf_batch,
)

POINT = 25.4 / 72  # millimetres


def document(body: str, sheet: str = "a4") -> str:
    return (
        '<!doctype html><html lang="zh"><head><meta charset="utf-8">'
        '<link rel="stylesheet" href="/static/css/paper.css">'
        f'</head><body class="{sheet}">{body}</body></html>'
    )


def labels(first: int, last: int) -> str:
    sheets = "".join(
        f'<section class="label"><h1>{n}</h1>{code128(f"YT{n:013}")}</section>' for n in range(first, last)
    )
    return document(sheets, "label-sheet")


def fonts(reader: PdfReader) -> set[str]:
    return {
        str(font.get_object()["/BaseFont"])
        for page in reader.pages
        for font in page["/Resources"].get("/Font", {}).values()
    }


def size(page) -> tuple[int, int]:
    return round(float(page.mediabox.width) * POINT), round(float(page.mediabox.height) * POINT)


def test_chinese_and_symbols_are_set_in_the_bundled_font_only():
    words = "经营日报 ¥1,234.50 − – → ✓ ① 䶮 㛃 瀞 龑"
    chart = trend([Point("11-20", 30000), Point("11-21", 52000)], title="支付金额", name="金额", paper=True)
    reader = PdfReader(BytesIO(render_pdf(document(f"<h1>{words}</h1><p>{words}</p>{chart}"))))
    text = reader.pages[0].extract_text()
    assert all(character in text for character in words if character != " ")
    assert {re.sub(r"^/[A-Z]{6}\+", "", name) for name in fonts(reader)} == {"Noto-Sans-SC", "Noto-Sans-SC-Bold"}


def test_sheets_have_the_sizes_of_their_paper():
    assert size(PdfReader(BytesIO(render_pdf(document("x")))).pages[0]) == (210, 297)
    assert size(PdfReader(BytesIO(render_pdf(document("x", "a4-wide")))).pages[0]) == (297, 210)
    assert size(PdfReader(BytesIO(render_pdf(labels(0, 1)))).pages[0]) == (100, 180)


def test_the_footer_counts_pages_and_names_the_snapshot():
    template = engines["django"].from_string(
        '{% extends "paper/a4.html" %}{% block foot_left %}云杉旗舰店{% endblock %}'
        '{% block content %}<p>一</p><p class="next">二</p>{% endblock %}'
    )
    html = template.render({"snapshot_number": "S-20261121-001"}).replace('class="next"', 'class="label"')
    reader = PdfReader(BytesIO(render_pdf(html + "<p>三</p>")))
    foot = reader.pages[-1].extract_text().replace("\n", " ")
    assert len(reader.pages) == 2
    assert "S-20261121-001" in foot
    assert re.search(r"2\s*(of|/)\s*2", foot)
    assert "云杉旗舰店" in foot


def test_the_same_document_gives_the_same_file():
    assert render_pdf(document("<p>同</p>")) == render_pdf(document("<p>同</p>"))


def test_a_batch_of_labels_is_one_file_in_order():
    told: list[int] = []
    reader = PdfReader(BytesIO(render_pdf_batch((labels(n, n + 3) for n in range(0, 9, 3)), done=told.append)))
    assert [page.extract_text().split()[0] for page in reader.pages] == [str(n) for n in range(9)]
    assert told == [1, 2, 3]


def test_a_batch_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        render_pdf_batch([])


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/logo.png",
        "http://127.0.0.1:8000/static/css/paper.css",
        "file:///etc/passwd",
        "/static/../settings.py",
        "/static/%2e%2e/settings.py",
        "/static//etc/passwd",
        "/static/css/none.css",
        "/media/picture.png",
    ],
)
def test_a_document_reaches_nothing_but_static_files(url):
    with pytest.raises(PdfIncompleteError):
        render_pdf(document(f'<img src="{url}">'))


def test_static_files_are_found_by_plain_and_by_collected_name(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "paper.0123456789ab.css").write_text("p {}")
    assert bundled_file("http://bundled.invalid/static/css/paper.css").name == "paper.css"


def test_pictures_within_the_document_are_allowed():
    dot = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
    assert render_pdf(document(f'<img src="{dot}">')).startswith(b"%PDF")


def test_a_request_must_not_make_pdf():
    def view(request):
        return render_pdf("x")

    with pytest.raises(PdfMisplacedError, match="jobs"):
        no_pdf_in_requests(view)(RequestFactory().get("/"))
    with pytest.raises(PdfMisplacedError), no_pdf_here():
        render_pdf_batch(["x"])
    assert render_pdf("<p>x</p>")


def test_without_pango_the_sentence_names_the_packages(monkeypatch):
    class NoPango:
        def find_spec(self, name, path=None, target=None):
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(sys, "meta_path", [NoPango(), *sys.meta_path])
    for name in [name for name in sys.modules if name.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(pdf, "_loads", lambda library: "pango" not in library)
    assert missing_packages() == ["libpango-1.0-0", "libpangoft2-1.0-0"]
    with pytest.raises(PdfUnavailable) as refusal:
        render_pdf("x")
    assert "apt-get install libpango-1.0-0 libpangoft2-1.0-0" in str(refusal.value)


def test_this_machine_has_what_pdf_needs():
    assert missing_packages() == []


def test_importing_the_module_does_not_load_the_engine():
    program = "import sys, shopops.kit.pdf; print('weasyprint' in sys.modules, 'pypdf' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["False", "False"]
