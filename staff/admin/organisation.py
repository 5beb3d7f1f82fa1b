"""Units, posts with what they may do, shops, platform sub-accounts."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from shopops.kit.clock import now
from staff.actions.events import record
from staff.admin.appraisal import WeightInline
from staff.admin.permissions import PermissionsField, refuse_beyond
from staff.admin.recorded import RecordedAdmin, person
from staff.models import Employee, OrgUnit, Position, Shop, SubAccount
from staff.queries.organisation import depth_of, subtree


class OrgUnitAdmin(RecordedAdmin[OrgUnit]):
    """The tree of units."""

    list_display = ("in_tree", "code", "register_ids", "posts_now", "people_now")
    list_select_related = ("parent__parent__parent__parent__parent__parent",)
    search_fields = ("name", "name_en", "code")
    readonly_fields = ("register_ids",)
    fields = ("code", "name", "name_en", "parent", "position", "duties", "duties_en", "register_ids")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[OrgUnit]:
        """Count posts and people with the rows."""
        counted: models.QuerySet[OrgUnit] = super().get_queryset(request)
        posts, people = models.Count("posts", distinct=True), models.Count("members", distinct=True)
        return counted.annotate(post_count=posts, people_count=people).order_by("position", "pk")

    @admin.display(description=_("unit"), ordering="position")
    def in_tree(self, unit: OrgUnit) -> SafeString:
        """Return the name, moved in by its depth in the tree."""
        return format_html('<span class="depth-{}">{}</span>', depth_of(unit), unit)

    @admin.display(description=_("posts"))
    def posts_now(self, unit: OrgUnit) -> int:
        """Return how many posts the unit has."""
        return int(unit.post_count)  # type: ignore[attr-defined]  # annotated

    @admin.display(description=_("people"))
    def people_now(self, unit: OrgUnit) -> int:
        """Return how many people belong to the unit."""
        return int(unit.people_count)  # type: ignore[attr-defined]  # annotated

    def formfield_for_foreignkey(self, db_field: models.ForeignKey[Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Keep a unit out of its own subtree."""
        number = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
        if db_field.name == "parent" and number:
            kwargs["queryset"] = OrgUnit.objects.exclude(pk__in=subtree(int(number)))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    class Media:
        css: ClassVar = {"all": ("css/admin.css",)}


class PositionForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """A post with what its holders may do."""

    granter: ClassVar[Employee]
    """Who fills in the form; set for each request."""
    permissions = PermissionsField(label=_("May"))

    class Meta:
        model = Position
        fields = ("code", "name", "name_en", "aliases", "unit", "is_head", "is_used", "position", "duties", "duties_en")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["permissions"] = [one.pk for one in self.instance.group.permissions.all()]

    def clean_name(self) -> str:
        """Refuse a name that another post has: roles are known by it."""
        name = str(self.cleaned_data["name"])
        if Group.objects.filter(name=name).exclude(pk=self.instance.group_id).exists():
            raise ValidationError(_("There is a post of this name already."))
        return name

    def clean_permissions(self) -> models.QuerySet[Permission]:
        """Refuse to hand out more than one has; what the role has already may stay."""
        wanted: models.QuerySet[Permission] = self.cleaned_data["permissions"]
        have = set(self.initial.get("permissions", ()))
        refuse_beyond(self.granter, [one for one in wanted if one.pk not in have])
        return wanted


class PositionAdmin(RecordedAdmin[Position]):
    """Posts: the roles of the house."""

    form = PositionForm
    inlines = (WeightInline,)
    list_display = ("__str__", "unit", "aliases", "is_head", "is_used", "holders_now")
    list_filter = ("is_used", "is_head", "unit")
    search_fields = ("name", "name_en", "aliases", "code", "register_ids")
    autocomplete_fields = ("unit",)
    list_select_related = ("unit",)
    readonly_fields = ("register_ids",)
    fieldsets = (
        (None, {"fields": ("code", ("name", "name_en"), "aliases", "unit", ("is_head", "is_used"), "position")}),
        (_("Duties"), {"fields": ("duties", "duties_en", "register_ids"), "classes": ("collapse",)}),
        (_("What holders may do"), {"fields": ("permissions",)}),
    )

    class Media:
        css: ClassVar = {"all": ("css/admin.css",)}
        js = ("js/admin.js",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Position]:
        """Count the holders with the rows."""
        open_ones = models.Q(appointments__until=None)
        rows: models.QuerySet[Position] = super().get_queryset(request)
        return rows.annotate(holder_count=models.Count("appointments", filter=open_ones)).order_by("position", "pk")

    @admin.display(description=_("holders"))
    def holders_now(self, post: Position) -> int:
        """Return how many people hold the post."""
        return int(post.holder_count)  # type: ignore[attr-defined]  # annotated

    def has_delete_permission(self, request: HttpRequest, obj: Position | None = None) -> bool:
        """Keep the posts of the register: those not wanted are put out of use, or they would come back."""
        return super().has_delete_permission(request, obj) and not (obj and obj.register_ids)

    def get_form(self, request: HttpRequest, obj: Position | None = None, change: bool = False, **kwargs: Any) -> Any:
        """Let the form know who grants."""
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"granter": person(request)})

    def save_model(self, request: HttpRequest, obj: Position, form: Any, change: bool) -> None:
        """Save the post with its group, and write what its holders may do now as an event of its own."""
        if not obj.group_id:
            obj.group = Group.objects.create(name=obj.name)
        elif obj.group.name != obj.name:
            obj.group.name = obj.name
            obj.group.save(update_fields=["name"])
        super().save_model(request, obj, form, change)
        form.seen_changes.pop("permissions", None)
        before = set(obj.group.permissions.all())
        after = set(form.cleaned_data["permissions"])
        if before != after:
            obj.group.permissions.set(after)
            changes = {"permissions": (_names(before - after), _names(after - before))}
            record("staff.role_changed", obj, by=person(request), at=now(), changes=changes)


class ShopAdmin(RecordedAdmin[Shop]):
    """The shops of the company."""

    list_display = ("name", "platform", "platform_id", "is_open")
    list_filter = ("platform", "is_open")
    search_fields = ("name", "platform_id")


class SubAccountAdmin(RecordedAdmin[SubAccount]):
    """Platform sub-accounts and the people behind them."""

    list_display = ("nick", "employee", "shop")
    list_filter = ("shop",)
    list_select_related = ("employee", "shop")
    search_fields = ("nick", "employee__name", "employee__name_pinyin")
    autocomplete_fields = ("employee",)


def _names(permissions: set[Permission]) -> list[str]:
    return sorted(f"{one.content_type.app_label}.{one.codename}" for one in permissions)
