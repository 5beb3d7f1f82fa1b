"""Review rules: their list in running order, the form, what they did, and trying them on the past."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from orders.actions.rulebook import move_rule, save_rule, stop_all_rules, switch_rule
from orders.models import ReviewRule
from orders.queries.rule_trial import last_trial, shown_trial
from orders.queries.rules import lately, mode_of, names, said_doings, said_groups, shown_rules, story_of
from orders.views.rule_form import MODES, MODES_SAID, RuleForm
from shopops.kit.access import allowed
from shopops.kit.charts import Point, trend
from shopops.kit.clock import now
from shopops.kit.refusals import Refused
from staff.actions.jobs import start_job
from staff.models import JobRun
from staff.queries.jobs import ShownRun, visible_runs
from warehouse.views.asking import actor

TONES = {"on": "good", "shadow": "info", "off": "plain"}
FORM, ROWS = "orders/rules/form.html", "orders/rules/rows.html"


@allowed("orders.manage_rules")
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """Show all rules in the order in which they run."""
    shown = shown_rules(at=now())
    context = {
        "rules": shown,
        "modes": MODES.items(),
        "on": sum(one.mode == "on" for one in shown),
        "shadow": sum(one.mode == "shadow" for one in shown),
    }
    return render(request, "orders/rules/list.html", context)


@allowed("orders.manage_rules")
@require_GET
def rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Show one rule: what it says, what it did in the last days, how it came to be so."""
    found = _rule(rule_id)
    called = names()
    mode = mode_of(found)
    context = {
        "rule": found,
        "groups": said_groups(found.conditions, called),
        "doings": said_doings(found.actions, called),
        "mode": mode,
        "mode_label": MODES[mode],
        "mode_said": MODES_SAID[mode],
        "tone": TONES[mode],
        "modes": MODES.items(),
        "lately": lately(found, at=now()),
        "history": story_of(found),
    }
    run = last_trial(found)
    return render(request, "orders/rules/rule.html", context | (_trial(run) if run else {}))


@allowed("orders.manage_rules")
@require_http_methods(["GET", "POST"])
def rule_new(request: HttpRequest) -> HttpResponseBase:
    """Show the form of a new rule, or save it."""
    form = RuleForm.of_post(request.POST) if request.method == "POST" else RuleForm.blank()
    return _form_page(request, form, None)


@allowed("orders.manage_rules")
@require_http_methods(["GET", "POST"])
def rule_wording(request: HttpRequest, rule_id: int) -> HttpResponseBase:
    """Show the form of a rule, or save it as its next version."""
    found = _rule(rule_id)
    form = RuleForm.of_post(request.POST) if request.method == "POST" else RuleForm.of_rule(found)
    return _form_page(request, form, found)


def _form_page(request: HttpRequest, form: RuleForm, found: ReviewRule | None) -> HttpResponseBase:
    if request.method != "POST":
        return _draw(request, form, found)
    step = request.POST.get("step", "")
    if step == "try":
        return _try(request, form, found)
    if step:
        form.step(step)
        return _draw(request, form, found)
    if saved := _save(request, form, found):
        said = {"rule": saved.name, "version": saved.version}
        messages.success(request, _("“%(rule)s” is saved as version %(version)s.") % said)
        return redirect("orders:rule", saved.pk)
    return _draw(request, form, found, status=422)


def _draw(request: HttpRequest, form: RuleForm, found: ReviewRule | None, *, status: int = 200) -> HttpResponse:
    """Draw the form: to htmx only its rows."""
    here = reverse("orders:rule_wording", args=[found.pk]) if found else reverse("orders:rule_new")
    part = ROWS if request.headers.get("HX-Request") else FORM
    return render(request, part, {"form": form, "rule": found, "here": here}, status=status)


def _try(request: HttpRequest, form: RuleForm, found: ReviewRule | None) -> HttpResponseBase:
    """Try what stands in the form, without saving it, on the last 30 days."""
    draft = form.draft()
    if draft is None:
        answer = _draw(request, form, found)
        answer["HX-Retarget"] = "#rows"
        return answer
    wording = {name: value for name, value in asdict(draft).items() if not name.startswith("is_")}
    run = start_job("orders.try_rule", by=actor(request), at=now(), draft=wording)
    return _trial_answer(request, run, reverse("orders:rule_trial", args=[run.pk]))


def _save(request: HttpRequest, form: RuleForm, found: ReviewRule | None) -> ReviewRule | None:
    """Save what stands in the form; None, with complaints in the form, if it cannot be."""
    draft = form.draft()
    if draft is None:
        return None
    seen = int(form.seen) if form.seen.isascii() and form.seen.isdecimal() and len(form.seen) < 9 else None  # noqa: PLR2004
    try:
        return save_rule(found, draft, by=actor(request), at=now(), seen_version=seen if found else None)
    except Refused as refusal:
        form.complaints["form"] = str(refusal)
        return None


@allowed("orders.manage_rules")
@require_POST
def rule_place(request: HttpRequest, rule_id: int) -> HttpResponseBase:
    """Let a rule run earlier or later."""
    places = {"earlier": -1, "later": 1}.get(request.POST.get("to", ""))
    if places is None:
        raise Refused(_("A rule runs earlier or later."))
    move_rule(_rule(rule_id), places, by=actor(request), at=now())
    return redirect("orders:rules")


@allowed("orders.manage_rules")
@require_POST
def rule_mode(request: HttpRequest, rule_id: int) -> HttpResponseBase:
    """Switch a rule on, off or into shadow."""
    mode = request.POST.get("mode", "")
    if mode not in MODES:
        raise Refused(_("A rule is on, off or in shadow."))
    found = _rule(rule_id)
    shadow = found.is_shadow if mode == "off" else mode == "shadow"
    switch_rule(found, on=mode != "off", shadow=shadow, by=actor(request), at=now())
    return _back(request, rule_id)


@allowed("orders.manage_rules")
@require_POST
def rule_stopping(request: HttpRequest, rule_id: int) -> HttpResponseBase:
    """Let the later rules run after this one has fired, or not."""
    switch_rule(_rule(rule_id), stops=bool(request.POST.get("stops")), by=actor(request), at=now())
    return _back(request, rule_id)


@allowed("orders.manage_rules")
@require_POST
def rule_stop_all(request: HttpRequest) -> HttpResponseBase:
    """Switch every rule off at once."""
    count = stop_all_rules(by=actor(request), at=now())
    messages.warning(request, ngettext("%(count)s rule is off.", "%(count)s rules are off.", count) % {"count": count})
    return redirect("orders:rules")


@allowed("orders.manage_rules")
@require_POST
def rule_trial_of(request: HttpRequest, rule_id: int) -> HttpResponseBase:
    """Try a rule as it is on the last 30 days."""
    found = _rule(rule_id)
    run = start_job("orders.try_rule", by=actor(request), at=now(), rule_id=found.pk)
    return _trial_answer(request, run, f"{reverse('orders:rule', args=[rule_id])}#trial")


@allowed("orders.manage_rules")
@require_GET
def rule_trial(request: HttpRequest, run_id: int) -> HttpResponse:
    """Show how far a trial is, or what came of it."""
    run = get_object_or_404(visible_runs(actor(request)), pk=run_id, job="orders.try_rule")
    part = "orders/rules/trial.html" if request.headers.get("HX-Request") else "orders/rules/trial_page.html"
    return render(request, part, _trial(run))


def _trial_answer(request: HttpRequest, run: JobRun, place: str) -> HttpResponseBase:
    if request.headers.get("HX-Request"):
        return render(request, "orders/rules/trial.html", _trial(run))
    return redirect(place)


def _trial(run: JobRun) -> dict[str, Any]:
    trial = shown_trial(run)
    chart = ""
    if trial and len(trial.days) > 1:
        points = [Point(day, count) for day, count in trial.days]
        title = _("Orders it would have fired for, by day of payment")
        chart = trend(points, title=title, name=_("Orders"), whole=True, size=(640, 180))
    return {"run": run, "job": ShownRun(run), "trial": trial, "chart": chart}


def _rule(rule_id: int) -> ReviewRule:
    found = ReviewRule.objects.select_related("shop", "changed_by").filter(pk=rule_id).first()
    if found is None:
        raise Http404
    return found


def _back(request: HttpRequest, rule_id: int) -> HttpResponseBase:
    """Go back to the list or to the rule's page, where the switch stood."""
    return redirect("orders:rule", rule_id) if request.POST.get("page") == "rule" else redirect("orders:rules")
