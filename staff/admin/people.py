"""Employees with their posts and sub-accounts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import BaseUserCreationForm, UserChangeForm, UsernameField
from django.core.exceptions import PermissionDenied
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import now
from staff.actions.events import record
from staff.actions.people import follow_posts
from staff.admin.recorded import RecordedAdmin, person
from staff.models import Appointment, Employee, SubAccount
from staff.queries.people import may_take_over


class NewEmployeeForm(BaseUserCreationForm):  # type: ignore[type-arg]  # generic only for the type checker
    """What is needed of somebody new."""

    class Meta:
        model = Employee
        fields = ("username", "name", "employee_number", "unit")
        field_classes: ClassVar = {"username": UsernameField}


class EmployeeForm(UserChangeForm):  # type: ignore[type-arg]  # generic only for the type checker
    """Everything about an employee."""

    class Meta:
        model = Employee
        fields = "__all__"
        field_classes: ClassVar = {"username": UsernameField}


class AppointmentInline(admin.TabularInline):  # type: ignore[type-arg]  # generic only for the type checker
    """The posts an employee holds; nobody appoints themselves."""

    model = Appointment
    extra = 0
    autocomplete_fields = ("position",)
    fields = ("position", "since", "until")

    def has_add_permission(self, request: HttpRequest, obj: Employee | None = None) -> bool:
        """Refuse one's own."""
        return super().has_add_permission(request, obj) and _is_for_others(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Employee | None = None) -> bool:
        """Refuse one's own."""
        return super().has_change_permission(request, obj) and _is_for_others(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Employee | None = None) -> bool:
        """Refuse one's own."""
        return super().has_delete_permission(request, obj) and _is_for_others(request, obj)


class SubAccountInline(admin.TabularInline):  # type: ignore[type-arg]  # generic only for the type checker
    """The platform sub-accounts behind which an employee sits."""

    model = SubAccount
    extra = 0
    fields = ("nick", "shop")


class EmployeeAdmin(RecordedAdmin[Employee], UserAdmin):  # type: ignore[type-arg]  # generic only for the type checker
    """Employees; saving brings their roles into line with their posts."""

    form = EmployeeForm
    add_form = NewEmployeeForm
    inlines = (AppointmentInline, SubAccountInline)
    silent = ("password",)
    list_display = ("name", "employee_number", "username", "unit", "posts_now", "is_active", "last_login")
    list_filter = ("is_active", "unit", "positions")
    list_select_related = ("unit",)
    search_fields = ("name", "name_pinyin", "name_initials", "employee_number", "username", "sub_accounts__nick")
    ordering = ("name_pinyin",)
    filter_horizontal = ()
    autocomplete_fields = ("unit",)
    readonly_fields = ("last_login",)
    fieldsets = (
        (None, {"fields": (("name", "employee_number"), "unit", ("hired_on", "left_on"))}),
        (_("Login"), {"fields": ("username", "password", "is_active", "last_login")}),
    )
    add_fieldsets = ((None, {"fields": (("name", "employee_number"), "unit", "username", "password1", "password2")}),)

    @admin.display(description=_("posts"))
    def posts_now(self, employee: Employee) -> str:
        """Return the posts the employee holds."""
        return "、".join(str(one.position) for one in employee.appointments.all() if one.until is None)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Read the posts with the rows."""
        return super().get_queryset(request).prefetch_related("appointments__position")

    def get_fieldsets(self, request: HttpRequest, obj: Employee | None = None) -> Any:
        """Show the switch of administrators to administrators only."""
        found = super().get_fieldsets(request, obj)
        if obj and person(request).is_superuser:
            return (*found, (_("Administrator"), {"fields": ("is_superuser",)}))
        return found

    def has_change_permission(self, request: HttpRequest, obj: Employee | None = None) -> bool:
        """Leave administrators to administrators."""
        mine = obj is None or not obj.is_superuser or person(request).is_superuser
        return super().has_change_permission(request, obj) and mine

    def has_delete_permission(self, request: HttpRequest, obj: Employee | None = None) -> bool:  # noqa: ARG002
        """Keep people: who leaves gets a last day, and what they did keeps their name."""
        return False

    def save_related(
        self,
        request: HttpRequest,
        form: ModelForm[Employee],
        formsets: Iterable[BaseModelFormSet[Any, Any]],
        change: bool,
    ) -> None:
        """Let the roles follow the posts."""
        super().save_related(request, form, formsets, change)
        follow_posts(form.instance, at=now())

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        """Give somebody a new password, unless they may do more than who asks."""
        employee = self.get_object(request, id)
        if employee is not None and not may_take_over(person(request), employee):
            raise PermissionDenied
        answer = super().user_change_password(request, id, form_url)
        if (
            employee is not None
            and request.method == "POST"
            and answer.status_code == HttpResponse(status=302).status_code
        ):
            record("staff.password_changed", employee, by=person(request), at=now())
        return answer


def _is_for_others(request: HttpRequest, employee: Employee | None) -> bool:
    asker = person(request)
    return asker.is_superuser or employee is None or employee.pk != asker.pk
