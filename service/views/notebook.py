"""Memos, and telephone calls entered by hand (CS-046, CS-059)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from service.actions.buyers import ensure_buyers
from service.actions.notebook import finish_memo, note_call, write_memo
from service.filters.agents_day import CallFilters
from service.forms.agents_day import CallForm, MemoForm
from service.models import Memo, PhoneCall
from service.queries.agents_day import add_call_words, listed_calls, of_buyer
from service.views.papers import Fact, Paper, find, form_page, list_context, show_paper
from shopops.kit.access import allowed
from shopops.kit.clock import SHANGHAI, now
from shopops.kit.lists import Column, Empty, Export, ExportColumn, ListPage, Sort, Tab
from shopops.kit.masking import mask_nick, mask_phone
from shopops.kit.refusals import Refused
from shopops.kit.spans import span_said
from shopops.kit.templatetags.shown import moment
from warehouse.views.asking import actor

HOME = ("service:call_list", _("Telephone calls"))
MOST_DONE = 30


@allowed("service.serve_buyer")
@require_http_methods(["GET", "POST"])
def memos(request: HttpRequest) -> HttpResponseBase:
    """Show one's memo book, and write into it."""
    employee, at = actor(request), now()
    form = MemoForm(request.POST or None, auto_id="memo_%s")
    if request.method == "POST" and form.is_valid():
        try:
            write_memo(form.cleaned_data["text"], remind_at=form.cleaned_data["remind_at"], by=employee, at=at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _now("Written."))
            return redirect("service:memos")
    mine = Memo.objects.filter(employee=employee)
    context = {
        "open": list(mine.filter(done_at=None).order_by("remind_at", "-written_at")[:200]),
        "done": list(mine.filter(done_at__isnull=False).order_by("-written_at")[:MOST_DONE]),
        "form": form,
        "at": at,
    }
    return render(request, "service/memos/page.html", context | list_context(request, "promises"))


@allowed("service.serve_buyer")
@require_POST
def memo_end(request: HttpRequest, key: int) -> HttpResponseBase:
    """Tick a memo off."""
    try:
        finish_memo(find(Memo, key), by=actor(request), at=now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("service:memos")


CALL_LIST = ListPage(
    name="service.call_list",
    title=_("Telephone calls"),
    note=_("Entered by hand: whose telephone rang for how long (CS-059)."),
    icon="phone",
    permission="service.view_phonecall",
    rows=listed_calls,
    values=(
        "buyer__nick",
        "phone",
        "direction",
        "employee__name",
        "rang_at",
        "ring_seconds",
        "is_answered",
        "text",
        "noted_by__name",
    ),
    finish=add_call_words,
    cells="service/calls/cells.html",
    columns=(
        Column("rang", _("Rang at"), fixed=True, sort="rang", card="full"),
        Column("seconds", _("Rang for"), end=True, card="right"),
        Column("employee", _("Agent"), card="left"),
        Column("buyer", _("Buyer"), card="left"),
        Column("text", _("What it was about"), card="full"),
    ),
    tabs=(
        Tab("all", _("All"), counted=False),
        Tab("mine", _("Mine"), lambda reader: Q(employee=reader.by), counted=False),
        Tab("missed", _("Not answered"), Q(is_answered=False), tone="danger", counted=False),
    ),
    sorts=(Sort("rang", "rang_at", _("Rang at")),),
    filters=CallFilters,
    search=of_buyer,
    search_hint=_("Buyer's nick"),
    opens="service:call",
    row_tone="edge",
    export=Export(
        permission="service.export_conversations",
        columns=(
            ExportColumn(_("Rang at"), "rang_at", kind="time"),
            ExportColumn(_("Who rang"), "direction_label"),
            ExportColumn(_("Agent"), "employee__name"),
            ExportColumn(_("Buyer"), lambda row: mask_nick(row["buyer__nick"] or "")),
            ExportColumn(_("Rang for, seconds"), "ring_seconds", kind="count"),
            ExportColumn(_("What it was about"), "text"),
        ),
    ),
    template="service/list_page.html",
    context=lambda request, _shown: list_context(request, "follow_ups", "service:call_new", _("Enter a call")),
    empty=Empty(_("No telephone calls here."), _("Enter them by hand.")),
)


@allowed("service.view_phonecall")
@require_GET
def call(request: HttpRequest, key: int) -> HttpResponse:
    """Show a telephone call."""
    found = find(PhoneCall, key, "buyer", "employee", "noted_by")
    facts = [
        Fact(_("Agent"), found.employee),
        Fact(_("Rang for"), span_said(found.ring_seconds) if found.ring_seconds is not None else ""),
        Fact(_("Buyer"), mask_nick(found.buyer.nick) if found.buyer else ""),
        Fact(_("Telephone number"), mask_phone(found.phone)),
        Fact(_("Noted by"), f"{found.noted_by} · {moment(found.noted_at)}"),
    ]
    paper = Paper(
        title=moment(found.rang_at),
        home=HOME,
        state=_("call taken") if found.is_answered else _("call missed"),
        tone="good" if found.is_answered else "danger",
        line=found.get_direction_display(),
        facts=facts,
        texts=[(_("What it was about"), found.text)],
    )
    return show_paper(request, found, paper)


@allowed("service.serve_buyer")
@require_http_methods(["GET", "POST"])
def call_new(request: HttpRequest) -> HttpResponseBase:
    """Enter a telephone call."""
    at = now()

    def keep(values: dict[str, Any]) -> str:
        nick = values.pop("nick").strip()
        buyer = ensure_buyers([nick], at=at)[nick] if nick else None
        return note_call(buyer=buyer, **values, by=actor(request), at=at).get_absolute_url()

    initial = {"employee": actor(request).pk, "rang_at": f"{at.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"}
    form = CallForm(request.POST or None, initial=initial)
    return form_page(request, form, keep, title=_("Enter a call"), home=HOME, submit=_("Enter"))
