"""What appraisals go by: grades, weights of each post, pay terms of each person."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shopops.kit.access import allowed
from shopops.kit.clock import now, shop_day
from shopops.kit.refusals import Refused
from staff.actions.appraisal_setup import change_weights, reveal_pay_terms, set_pay_terms
from staff.forms.appraisals import PayTermsForm, WeightsForm
from staff.models import Employee, GradeBand, Kpi, PayTerms, Position
from staff.policy.appraisal import ADJUST_MOST, BONUS_BY_SCORE, POINTS_CEILING, WAGE_DEDUCTIONS
from staff.queries.appraisals import GRADE_TONES
from staff.queries.history import history_of

KEEPS_WEIGHTS, SEES_WEIGHTS = "staff.change_appraisalweight", "staff.view_appraisalweight"
SEES_PAY, KEEPS_PAY = "staff.view_payterms", "staff.change_payterms"


@allowed(SEES_WEIGHTS)
@require_GET
def appraisal_setup(request: HttpRequest) -> HttpResponse:
    """Show the grades, and what counts in the appraisal of each post."""
    posts = Position.objects.filter(is_used=True).select_related("unit").prefetch_related("weights__kpi")
    held = posts.annotate(holders_now=Count("appointments", distinct=True)).order_by("-holders_now", "position")
    context = {
        "grades": [(band, GRADE_TONES.get(band.code, "plain")) for band in GradeBand.objects.all()],
        "posts": held,
        "by_score": BONUS_BY_SCORE(),
        "adjust_most": ADJUST_MOST(),
        "ceiling": POINTS_CEILING(),
        "deductions": WAGE_DEDUCTIONS(),
    }
    return render(request, "staff/appraisal/setup.html", context)


@allowed(SEES_WEIGHTS)
@require_http_methods(["GET", "POST"])
def post_weights(request: HttpRequest, code: str) -> HttpResponse:
    """Show and change what counts in the appraisal of a post; it must make up 100."""
    post = get_object_or_404(Position.objects.select_related("unit"), code=code)
    may_change = request.user.has_perm(KEEPS_WEIGHTS)
    weights = {one.kpi_id: one.weight for one in post.weights.all()}
    kpis = sorted(Kpi.objects.filter(is_used=True), key=lambda one: (one.pk not in weights, one.area, one.number))
    form = WeightsForm(kpis, weights, request.POST if request.method == "POST" and may_change else None)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            change_weights(post, form.weights, by=_actor(request), at=now())
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The weights hold from the next month that opens."))
            return redirect("staff:post_weights", code)
    if form.is_bound:
        status = 422
    context = {
        "post": post,
        "form": form,
        "weights": post.weights.select_related("kpi"),
        "total": post.weights.aggregate(sum=Sum("weight"))["sum"],
        "may_change": may_change,
        "story": history_of(post),
    }
    return render(request, "staff/appraisal/weights.html", context, status=status)


@allowed(SEES_PAY)
@require_GET
def pay_terms(request: HttpRequest) -> HttpResponse:
    """List people with the day their pay terms hold from; amounts are hidden until somebody asks."""
    return _terms_page(request)


@allowed(SEES_PAY)
@require_POST
def pay_revealing(request: HttpRequest) -> HttpResponse:
    """Show the amounts; who looked and why is kept."""
    reason = request.POST.get("reason", "").replace("\x00", "")
    try:
        shown = reveal_pay_terms(by=_actor(request), at=now(), reason=reason)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("staff:pay_terms")
    return _terms_page(request, shown=shown)


@allowed(KEEPS_PAY)
@require_http_methods(["GET", "POST"])
def person_pay(request: HttpRequest, number: int) -> HttpResponse:
    """Set somebody's pay terms from a day on."""
    person = get_object_or_404(Employee, pk=number)
    form = PayTermsForm(request.POST or None, initial={"since": shop_day(now()).replace(day=1)})
    if form.is_bound and form.is_valid():
        try:
            set_pay_terms(person, **form.cleaned_data, by=_actor(request), at=now())
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Saved for %(name)s.") % {"name": person})
            return redirect("staff:pay_terms")
    days = PayTerms.objects.filter(employee=person).values_list("since", flat=True)
    context = {"person": person, "form": form, "days": list(days), "story": history_of(person)}
    return render(request, "staff/appraisal/pay_person.html", context, status=422 if form.is_bound else 200)


def _terms_page(request: HttpRequest, *, shown: dict[int, PayTerms] | None = None) -> HttpResponse:
    people = Employee.objects.filter(is_active=True).select_related("unit").order_by("unit__position", "name_pinyin")
    days: dict[int, list[PayTerms]] = {}
    for one in PayTerms.objects.only("employee_id", "since").order_by("since"):
        days.setdefault(one.employee_id, []).append(one)
    rows = [
        {
            "person": person,
            "since": days[person.pk][-1].since if person.pk in days else None,
            "times": len(days.get(person.pk, ())),
            "terms": (shown or {}).get(person.pk),
        }
        for person in people
    ]
    context = {
        "rows": sorted(rows, key=lambda row: row["since"] is not None),
        "bare": sum(1 for row in rows if row["since"] is None),
        "is_shown": shown is not None,
        "may_change": request.user.has_perm(KEEPS_PAY),
    }
    return render(request, "staff/appraisal/pay.html", context)


def _actor(request: HttpRequest) -> Employee:
    assert isinstance(request.user, Employee)  # noqa: S101 -- signed in, says the decorator
    return request.user
