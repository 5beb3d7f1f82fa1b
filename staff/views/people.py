"""The people of the house."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from shopops.kit.access import SIGNED_IN, allowed
from shopops.kit.clock import now, shop_day
from shopops.kit.lists import AnyOfFilter, Column, Empty, Export, ExportColumn, ListFilters, ListPage, Sort, Tab
from staff.models import Employee, OrgUnit, Position
from staff.queries.history import deeds_of, history_of
from staff.queries.people import add_posts, held_positions, listed_people, matching_people, rights_of
from staff.queries.permissions import labels_of

MOST_DEEDS = 50


def _units() -> list[tuple[int, str]]:
    return [(unit.pk, str(unit)) for unit in OrgUnit.objects.all()]


def _posts() -> list[tuple[int, str]]:
    return [(post.pk, str(post)) for post in Position.objects.filter(is_used=True)]


class PeopleFilters(ListFilters):
    """The filters of the list of people."""

    unit = AnyOfFilter(field_name="unit_id", choices=_units, label=_("Unit"), first=True)
    post = AnyOfFilter(field_name="appointments__position_id", choices=_posts, label=_("Post"), distinct=True)


PEOPLE_PAGE = ListPage(
    name="staff.people",
    title=_("People"),
    permission="staff.view_employee",
    icon="users",
    rows=listed_people,
    values=("name", "employee_number", "username", "hired_on", "left_on", "is_active", "last_login"),
    finish=add_posts,
    cells="staff/people/cells.html",
    columns=(
        Column("name", _("Full name"), fixed=True, card="full", sort="name"),
        Column("number", _("Employee number"), sort="number"),
        Column("posts", _("Posts"), card="full"),
        Column("unit", _("Unit")),
        Column("nicks", _("Platform sub-accounts"), card="full"),
        Column("hired_on", _("Hired on"), shown=False),
        Column("last_login", _("Last login"), card="right"),
    ),
    tabs=(
        Tab("here", _("Here"), Q(is_active=True)),
        Tab("gone", _("Left or locked"), Q(is_active=False)),
        Tab("all", _("All")),
    ),
    sorts=(
        Sort("name", "name_pinyin", _("Full name"), ascending=True),
        Sort("number", "employee_number", _("Employee number"), ascending=True),
    ),
    filters=PeopleFilters,
    search=matching_people,
    search_hint=_("Name, pinyin or number"),
    opens="staff:person",
    row_name="name",
    export=Export(
        permission="staff.change_employee",
        columns=(
            ExportColumn(_("Employee number"), "employee_number"),
            ExportColumn(_("Full name"), "name"),
            ExportColumn(_("Unit"), "unit_name"),
            ExportColumn(_("Posts"), lambda row: "、".join(row["posts"])),
            ExportColumn(_("Platform sub-accounts"), lambda row: "、".join(row["nicks"])),
            ExportColumn(_("Hired on"), "hired_on", kind="day"),
            ExportColumn(_("Left on"), "left_on", kind="day"),
        ),
    ),
    empty=Empty(_("Nobody here."), _("People are added in the admin site.")),
)


@allowed("staff.view_employee")
@require_GET
def person(request: HttpRequest, number: int) -> HttpResponse:
    """Show a person: posts, what they may do and why, what happened to them and what they did."""
    return _page(request, get_object_or_404(Employee.objects.select_related("unit"), pk=number))


@allowed(SIGNED_IN)
@require_GET
def profile(request: HttpRequest) -> HttpResponse:
    """Show employees their own page."""
    return _page(request, get_object_or_404(Employee.objects.select_related("unit"), pk=request.user.pk))


def _page(request: HttpRequest, employee: Employee) -> HttpResponse:
    rights = rights_of(employee)
    labels = labels_of(right.permission for right in rights)
    context = {
        "person": employee,
        "posts": held_positions(employee, on=shop_day(now())),
        "nicks": list(employee.sub_accounts.select_related("shop")),
        "rights": [(labels.get(right.permission, right.permission), right) for right in rights],
        "history": history_of(employee, most=MOST_DEEDS),
        "deeds": deeds_of(employee, most=MOST_DEEDS),
        "is_self": employee.pk == request.user.pk,
    }
    return render(request, "staff/people/person.html", context)
