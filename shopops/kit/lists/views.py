"""The views behind every list page, and their addresses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shopops.kit.access import View, allowed
from shopops.kit.clock import now
from shopops.kit.lists.asking import SIZES, Selection, read_data
from shopops.kit.lists.batches import Outcome, Preview, Refusal, chosen_ids, preview, run_batch
from shopops.kit.lists.controls import controls
from shopops.kit.lists.declarations import ListPage, Reader
from shopops.kit.lists.exports import FORMATS
from shopops.kit.lists.keeping import keeper
from shopops.kit.lists.reading import chosen_columns, count_tabs, read_list, shown_tabs, with_own_settings
from shopops.kit.refusals import Refused

if TYPE_CHECKING:
    from django import forms

BODY = "list"
"""The id of the part of the page that is swapped."""
LONGEST_NAME = 40


def list_view(page: ListPage) -> View[[]]:
    """Return the view that shows the page, whole or (to htmx) the part with tabs and rows."""

    @allowed(page.permission)
    @require_GET
    def show(request: HttpRequest) -> HttpResponse:
        shown = read_list(page, request, at=now())
        context: dict[str, Any] = {"shown": shown, "page": page}
        if request.headers.get("HX-Target") == BODY and "HX-History-Restore-Request" not in request.headers:
            return render(request, "lists/swap.html", context)
        if page.context:
            context |= page.context(request, shown)
        return render(request, page.template, context)

    return show


def list_urls(page: ListPage) -> list[URLPattern]:
    """Return the addresses of the page; include them where the list shall live.

    The URL name of the list is the part of its name after the dot; the others end in `_counts`, `_filters`, `_batches`,
    `_batch_result`, `_exports`, `_views`, `_view_removal` and `_columns`.
    """
    name = page.name.split(".", 1)[1]
    guard = allowed(page.permission)
    patterns = [
        path("", list_view(page), name=name),
        path("counts/", guard(require_GET(_counts(page))), name=f"{name}_counts"),
        path("filters/", guard(require_GET(_folded(page))), name=f"{name}_filters"),
        path("views/", guard(_get_or_post(_view_form(page), _views(page))), name=f"{name}_views"),
        path("views/<int:view_id>/removal/", guard(require_POST(_view_removal(page))), name=f"{name}_view_removal"),
        path("columns/", guard(_get_or_post(_column_form(page), _columns(page))), name=f"{name}_columns"),
    ]
    if page.batch:
        patterns += [
            path("batches/", guard(require_POST(_batches(page))), name=f"{name}_batches"),
            path("batches/<int:work_id>/", guard(require_GET(_batch_result(page))), name=f"{name}_batch_result"),
        ]
    if page.export:
        export = allowed(page.export.permission)
        both = _get_or_post(_export_form(page), _exports(page))
        patterns.append(path("exports/", export(both), name=f"{name}_exports"))
    return patterns


def _counts(page: ListPage) -> View[[]]:
    def counts(request: HttpRequest) -> HttpResponse:
        """Count the tabs under the filters of the URL, apart from the rows: a rare filter may take a while."""
        asked = Selection(page, Reader(request.user, now()), read_data(request.GET))
        tabs = shown_tabs(asked)
        count_tabs(asked, tabs)
        return render(request, "lists/tabs.html", {"tabs": tabs, "base": reverse(page.url_name), "page": page})

    return counts


def _folded(page: ListPage) -> View[[]]:
    def folded(request: HttpRequest) -> HttpResponse:
        """Draw the filters beyond the first line, when somebody unfolds them."""
        asked = Selection(page, Reader(request.user, now()), read_data(request.GET))
        return render(request, "lists/folded.html", {"controls": controls(asked, first=False)})

    return folded


def _get_or_post(get: View[[]], post: View[[]]) -> View[[]]:
    """Return a view that shows a form, or does what the form asks for."""

    @require_http_methods(["GET", "POST"])
    def both(request: HttpRequest) -> HttpResponseBase:
        return post(request) if request.method == "POST" else get(request)

    return both


def _batches(page: ListPage) -> View[[]]:
    def batches(request: HttpRequest) -> HttpResponseBase:
        """Preview a batch action, or do it once it is confirmed."""
        reader = Reader(request.user, now())
        action = page.batch_action(request.POST.get("action", ""), reader)
        if action is None:
            raise Refused(_("You may not do this here, or it no longer exists."))
        ids = chosen_ids(page, request.POST, reader)
        form = action.form(request.POST if request.POST.get("confirmed") else None) if action.form else None
        if not request.POST.get("confirmed"):
            return _show_preview(request, page, preview(page, action, ids, reader), form)
        complaint = ""
        if action.typed_count and request.POST.get("typed_count", "").strip() != str(len(ids)):
            complaint = _("Type the number of rows, %(count)s, to go on.") % {"count": len(ids)}
        if complaint or (form is not None and not form.is_valid()):
            return _show_preview(request, page, preview(page, action, ids, reader), form, complaint)
        number = uuid4()
        found = preview(page, action, ids, reader)
        if found.in_background:
            work = keeper().start(
                "lists.batch",
                by=request.user,
                at=reader.at,
                page=page.name,
                action=action.key,
                ids=ids,
                form=request.POST.urlencode() if form else "",
                batch=str(number),
            )
            return _answer(request, page, {"action": action, "work": work, "count": len(ids)})
        values = form.cleaned_data if form is not None else {}
        outcome = run_batch(page, action, ids, reader, values, number=number)
        return _answer(
            request, page, {"action": action, "outcome": outcome, "form_values": _carried(request.POST)}, changed=True
        )

    return batches


def _batch_result(page: ListPage) -> View[[int]]:
    def batch_result(request: HttpRequest, work_id: int) -> HttpResponse:
        """Show what a batch in the background did, row by row."""
        result = keeper().result(work_id, by=request.user)
        if result is None or result.get("page") != page.name:
            raise Http404
        reader = Reader(request.user, now())
        action = page.batch_action(str(result.get("action", "")), reader)
        outcome = Outcome(result["done"], [Refusal(*one) for one in result["refused"]])
        form_values = _carried(QueryDict(result["form"]))
        context: dict[str, Any] = {"action": action, "outcome": outcome, "form_values": form_values}
        context |= {"page": page, "part": "lists/result.html", **_places(page)}
        return render(request, "lists/dialog_page.html", context)

    return batch_result


def _export_form(page: ListPage) -> View[[]]:
    def export_form(request: HttpRequest) -> HttpResponse:
        """Ask for the kind of file."""
        return _draw(request, page, "lists/export.html", {"query": _asked(request, page).query})

    return export_form


def _exports(page: ListPage) -> View[[]]:
    def exports(request: HttpRequest) -> HttpResponseBase:
        """Start an export of exactly the filter."""
        kind = request.POST.get("kind", "xlsx")
        if kind not in FORMATS:
            raise Refused(_("Such a file cannot be made."))
        at = now()
        asked = Selection.of_query(page, Reader(request.user, at), request.POST.get("query", ""))
        if asked.complaints:
            raise Refused(_("One of the filters is not understood; nothing was exported. Correct it first."))
        keeper().start(
            "lists.export",
            by=request.user,
            at=at,
            page=page.name,
            query=asked.query,
            kind=kind,
        )
        return _said(request, page, _("The export is being made; the file appears at the bottom right."))

    return exports


def _view_form(page: ListPage) -> View[[]]:
    def view_form(request: HttpRequest) -> HttpResponse:
        """Ask for the name of a view."""
        return _draw(request, page, "lists/keep_view.html", {"query": _asked(request, page).query})

    return view_form


def _views(page: ListPage) -> View[[]]:
    def views(request: HttpRequest) -> HttpResponseBase:
        """Keep the filters of the list under a name."""
        name = " ".join(request.POST.get("name", "").split())[:LONGEST_NAME]
        if not name:
            raise Refused(_("Give the view a name."))
        at = now()
        asked = Selection.of_query(page, Reader(request.user, at), request.POST.get("query", ""))
        shared = bool(request.POST.get("shared"))
        keeper().keep_view(page.name, name, asked.query, shared=shared, by=request.user, at=at)
        messages.success(request, _("The view “%(name)s” is kept.") % {"name": name})
        return _back(request, page, f"?{asked.query}")

    return views


def _view_removal(page: ListPage) -> View[[int]]:
    def view_removal(request: HttpRequest, view_id: int) -> HttpResponseBase:
        """Delete a view of one's own."""
        keeper().drop_view(page.name, view_id, by=request.user, at=now())
        messages.success(request, _("The view is deleted."))
        return _back(request, page, "")

    return view_removal


def _column_form(page: ListPage) -> View[[]]:
    def column_form(request: HttpRequest) -> HttpResponse:
        """Ask which columns are shown."""
        kept = keeper().views(page.name, by=request.user)
        asked = Selection(page, Reader(request.user, now()), with_own_settings(read_data(request.GET), kept))
        out = {column.key for column in chosen_columns(page, asked.data.get("cols", ""), asked.reader)}
        may = [column for column in page.columns if asked.reader.may(column.permission)]
        context = {
            "query": asked.query,
            "choosable": [(column, column.key in out) for column in may],
            "sizes": [(size, size == asked.size) for size in SIZES],
        }
        return _draw(request, page, "lists/columns.html", context)

    return column_form


def _columns(page: ListPage) -> View[[]]:
    def columns(request: HttpRequest) -> HttpResponseBase:
        """Keep the reader's own choice of columns and page size for this list."""
        at = now()
        reader = Reader(request.user, at)
        asked = Selection.of_query(page, reader, request.POST.get("query", ""))
        own = QueryDict(mutable=True)
        if not request.POST.get("usual"):
            chosen = chosen_columns(page, ",".join(request.POST.getlist("col")), reader)
            own["cols"] = ",".join(column.key for column in chosen)
            size = request.POST.get("size", "")
            own["size"] = size if size.isdecimal() else str(page.page_size)
        keeper().keep_view(page.name, "", own.urlencode(), shared=False, by=request.user, at=at)
        return _back(request, page, asked.link(("cols", "size")))

    return columns


def _show_preview(
    request: HttpRequest, page: ListPage, found: Preview, form: forms.Form | None, complaint: str = ""
) -> HttpResponse:
    context = {"preview": found, "action": found.action, "form": form, "complaint": complaint}
    return _draw(request, page, "lists/preview.html", context)


def _answer(request: HttpRequest, page: ListPage, context: dict[str, Any], *, changed: bool = False) -> HttpResponse:
    answer = _draw(request, page, "lists/result.html", context)
    answer["HX-Trigger"] = json.dumps({"list-changed": True} if changed else {"work-started": True})
    return answer


def _draw(request: HttpRequest, page: ListPage, part: str, context: dict[str, Any]) -> HttpResponse:
    """Render a part for the dialog, or a page around it for a browser without scripts."""
    everything = {"page": page, "part": part, **_places(page), **context}
    return render(request, part if request.headers.get("HX-Request") else "lists/dialog_page.html", everything)


def _asked(request: HttpRequest, page: ListPage) -> Selection:
    return Selection(page, Reader(request.user, now()), read_data(request.GET))


def _places(page: ListPage) -> dict[str, str]:
    url = reverse(page.url_name)
    return {"list_url": url, "batches_url": f"{url}batches/"}


def _carried(posted: QueryDict) -> list[tuple[str, str]]:
    """Return the values of the action's own form, to be posted again when the failed rows are tried once more."""
    own = {"csrfmiddlewaretoken", "action", "id", "every", "query", "confirmed", "typed_count"}
    return [(name, value) for name, values in posted.lists() if name not in own for value in values]


def _said(request: HttpRequest, page: ListPage, text: str) -> HttpResponseBase:
    """Say that work was started: to htmx by a toast, to others by a message on the list."""
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Trigger"] = json.dumps(
            {"toast": {"tone": "good", "text": text}, "dialog-close": True, "work-started": True}
        )
        return answer
    messages.success(request, text)
    return _back(request, page, f"?{request.POST.get('query', '')}")


def _back(request: HttpRequest, page: ListPage, query: str) -> HttpResponseBase:
    """Go back to the list, with its filters."""
    url = f"{reverse(page.url_name)}{query if query != '?' else ''}"
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = url
        return answer
    return redirect(url)
