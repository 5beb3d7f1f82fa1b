"""Who works here: employees, the units and posts they hold, the shops they run."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Group, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.urls import reverse
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext_lazy as _

from shopops.kit.pinyin import search_keys
from staff.states import Platform


class Shop(models.Model):
    """A shop on the platform; orders, items and conversations belong to one."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    platform = models.CharField(_("platform"), max_length=10, choices=Platform, default=Platform.TAOBAO)
    platform_id = models.CharField(_("platform's id"), max_length=40, blank=True)
    is_open = models.BooleanField(_("open for business"), default=True)

    class Meta:
        verbose_name = _("shop")
        verbose_name_plural = _("shops")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name


class OrgUnit(models.Model):
    """A unit of the organisation (STF-001…STF-038); units form a tree."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=80)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    register_ids = models.CharField(_("rows of the register"), max_length=120, blank=True)
    duties = models.TextField(_("duties"), blank=True)
    duties_en = models.TextField(_("duties in English"), blank=True)
    position = models.PositiveSmallIntegerField(_("place in lists"), default=0)

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name

    @property
    def duties_text(self) -> str:
        """Return the duties in the language of the page, or in the other where there is nothing."""
        return (self.duties_en if get_language() == "en" else self.duties) or self.duties or self.duties_en


class Position(models.Model):
    """A post (STF-039…STF-095); its group carries what its holders may do."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=80)
    aliases = models.CharField(_("other names"), max_length=300, blank=True)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="posts", verbose_name=_("unit"))
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="post", verbose_name=_("role"))
    register_ids = models.CharField(_("rows of the register"), max_length=200, blank=True)
    duties = models.TextField(_("duties"), blank=True)
    duties_en = models.TextField(_("duties in English"), blank=True)
    is_head = models.BooleanField(_("leads its unit"), default=False)
    is_used = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(_("place in lists"), default=0)
    offered = ArrayField(models.CharField(max_length=100), default=list, blank=True, editable=False)
    """What setup_roles has granted once; what a manager took away since stays away."""

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ("position", "pk")
        permissions = (("view_role", gettext_noop("See who may do what")),)

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name

    @property
    def duties_text(self) -> str:
        """Return the duties in the language of the page, or in the other where there is nothing."""
        return (self.duties_en if get_language() == "en" else self.duties) or self.duties or self.duties_en


class EmployeeManager(BaseUserManager["Employee"]):
    """What Django's auth asks of a user model's manager."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> Employee:
        """Make an employee who can log in."""
        fields.setdefault("name", username)
        fields.setdefault("employee_number", username)
        employee = self.model(username=username, **fields)
        employee.set_password(password)
        employee.save(using=self._db)
        return employee

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> Employee:
        """Make an administrator."""
        return self.create_user(username, password, is_superuser=True, **fields)


RIGHTS = """SELECT coalesce(string_agg(DISTINCT kind.app_label || '.' || one.codename, ' '), '')
FROM auth_permission one JOIN django_content_type kind ON kind.id = one.content_type_id
WHERE one.id IN (
    SELECT permission_id FROM staff_employee_user_permissions WHERE employee_id = %(person)s
    UNION ALL
    SELECT permission_id FROM staff_employee_groups JOIN auth_group_permissions USING (group_id)
    WHERE employee_id = %(person)s
)"""
"""Everything somebody may do, by roles and by themselves: every page asks, and Django asks twice."""


class Employee(AbstractBaseUser, PermissionsMixin):
    """Somebody who works here, and logs in."""

    username = models.CharField(_("login name"), max_length=60, unique=True)
    employee_number = models.CharField(_("employee number"), max_length=20, unique=True)
    name = models.CharField(_("full name"), max_length=60)
    name_pinyin = models.CharField(max_length=120, editable=False, db_index=True)
    name_initials = models.CharField(max_length=20, editable=False, db_index=True)
    unit = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("unit")
    )
    positions = models.ManyToManyField(Position, through="Appointment", related_name="holders", verbose_name=_("posts"))
    hired_on = models.DateField(_("hired on"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    is_active = models.BooleanField(_("may log in"), default=True)

    objects = EmployeeManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "employee_number"]

    class Meta:
        verbose_name = _("employee")
        verbose_name_plural = _("employees")
        ordering = ("name_pinyin", "pk")
        permissions = (("open_admin", gettext_noop("Open the admin site")),)

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the pinyin keys with the name."""
        if kwargs.get("update_fields") is None or "name" in kwargs["update_fields"]:
            self.name_pinyin, self.name_initials = search_keys(self.name)
        super().save(*args, **kwargs)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Say whether they may do something; everything they may is read once, in one statement."""
        if obj is not None or not self.is_active or self.is_superuser:
            return super().has_perm(perm, obj)
        return perm in self.get_all_permissions()

    def get_all_permissions(self, obj: Any = None) -> set[str]:
        """Return what they may do as `app.codename`; kept on this object, as Django keeps it."""
        if obj is not None or not self.is_active or self.is_superuser:
            return super().get_all_permissions(obj)
        rights: set[str] | None = self.__dict__.get("_perm_cache")
        if rights is None:
            with connection.cursor() as cursor:
                cursor.execute(RIGHTS, {"person": self.pk})
                (names,) = cursor.fetchone()
            rights = self.__dict__["_perm_cache"] = set(names.split())
        return rights

    @property
    def is_staff(self) -> bool:
        """Say whether they may open the admin site; a permission of roles like any other."""
        return self.is_active and self.has_perm("staff.open_admin")

    def get_absolute_url(self) -> str:
        """Return the page of the person."""
        return reverse("staff:person", args=[self.pk])

    def get_short_name(self) -> str:
        """Return the name Django's admin greets with."""
        return self.name


class Appointment(models.Model):
    """That an employee holds a post."""

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="appointments")
    position = models.ForeignKey(
        Position, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("post")
    )
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = (
            models.UniqueConstraint(
                fields=("employee", "position"), condition=models.Q(until=None), name="appointment_once_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"{self.employee} · {self.position}"


class SubAccount(models.Model):
    """A platform sub-account and the employee behind it; matches chat and operator names in the platform's files."""

    nick = models.CharField(_("sub-account"), max_length=100, unique=True)
    employee = models.ForeignKey(
        Employee, on_delete=models.CASCADE, related_name="sub_accounts", verbose_name=_("employee")
    )
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("shop"))

    class Meta:
        verbose_name = _("platform sub-account")
        verbose_name_plural = _("platform sub-accounts")
        ordering = ("nick",)

    def __str__(self) -> str:
        return self.nick
