"""Who may do what: roles against permissions, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from shopops.kit.access import ANYBODY, SIGNED_IN
from shopops.kit.addresses import addresses
from staff.models import Position

DEPARTMENTS = ("orders", "warehouse", "catalog", "service", "staff")
STANDARD = ("view", "add", "change", "delete")


@dataclass(frozen=True)
class Right:
    """One permission in words."""

    id: int
    name: str
    label: str
    about: str


@dataclass(frozen=True)
class Block:
    """The permissions of one department."""

    app: str
    label: str
    rights: list[Right]


@dataclass(frozen=True)
class Role:
    """One post as a column of the matrix."""

    post: Position
    holds: frozenset[int]
    holders: int


@dataclass(frozen=True)
class Matrix:
    """Roles × permissions."""

    blocks: list[Block]
    roles: list[Role]

    @property
    def units(self) -> list[tuple[str, int]]:
        """Return the heads of the columns: unit → how many roles stand under it, in order."""
        heads: list[tuple[str, int]] = []
        for role in self.roles:
            name = str(role.post.unit)
            if heads and heads[-1][0] == name:
                heads[-1] = (name, heads[-1][1] + 1)
            else:
                heads.append((name, 1))
        return heads


def matrix(*, unit: str = "", app: str = "", held_only: bool = False) -> Matrix:
    """Return who may do what; three queries.

    :param unit: code of a unit, to see its roles only.
    :param app: department, to see its permissions only.
    :param held_only: leave out roles nobody holds.
    """
    open_ones = Q(appointments__until=None)
    posts = (
        Position.objects.filter(is_used=True)
        .select_related("unit", "group")
        .prefetch_related("group__permissions")
        .annotate(holders_now=Count("appointments", filter=open_ones))
        .order_by("unit__position", "position")
    )
    if unit:
        posts = posts.filter(unit__code=unit)
    if held_only:
        posts = posts.filter(holders_now__gt=0)
    roles = [Role(post, frozenset(one.pk for one in post.group.permissions.all()), post.holders_now) for post in posts]
    granted = frozenset().union(*(role.holds for role in roles))
    blocks = [block for block in blocks_of(granted) if not app or block.app == app]
    return Matrix(blocks, roles)


def blocks_of(granted: Iterable[int] = ()) -> list[Block]:
    """Return the permissions that matter, department by department: named ones, those a page asks for, those granted.

    The rest of what Django makes for every table is left out: no page asks for it.
    """
    wanted, asked = frozenset(granted), asked_for()
    found: dict[str, list[Right]] = {name: [] for name in DEPARTMENTS}
    order = ("content_type__app_label", "content_type__model", "pk")
    for one in Permission.objects.select_related("content_type").order_by(*order):
        app = one.content_type.app_label
        if app not in found:
            continue
        right = right_of(one)
        if one.pk in wanted or right.name in asked or not _is_standard(one):
            found[app].append(right)
    labels = {config.label: str(config.verbose_name) for config in apps.get_app_configs()}
    return [Block(app, labels.get(app, app), rights) for app, rights in found.items() if rights]


def right_of(permission: Permission) -> Right:
    """Put a permission into words."""
    model = permission.content_type.model_class()
    about = str(model._meta.verbose_name_plural) if model else permission.content_type.model
    name = f"{permission.content_type.app_label}.{permission.codename}"
    if _is_standard(permission):
        words = {
            "view": _("See %(things)s"),
            "add": _("Add %(things)s"),
            "change": _("Change %(things)s"),
            "delete": _("Delete %(things)s"),
        }
        label = words[permission.codename.split("_", 1)[0]] % {"things": about}
    else:
        label = _(permission.name)
    return Right(permission.pk, name, label, about)


def labels_of(names: Iterable[str]) -> dict[str, str]:
    """Return permission → its words, for names such as `orders.review_order`; one query."""
    wanted = set(names)
    found = (right_of(one) for one in Permission.objects.select_related("content_type"))
    return {right.name: right.label for right in found if right.name in wanted}


@cache
def asked_for() -> frozenset[str]:
    """Return every permission that some page asks for, those of the admin site included."""
    found = {address.permission for address in addresses() if address.permission}
    for model in admin.site._registry:
        names = (f"{model._meta.app_label}.{verb}_{model._meta.model_name}" for verb in STANDARD)
        found.update(names)
    return frozenset(found - {ANYBODY, SIGNED_IN})


def _is_standard(permission: Permission) -> bool:
    verb, _sign, model = permission.codename.partition("_")
    return verb in STANDARD and model == permission.content_type.model
