"""What can be done on a document's page: a button each, with a form in a dialog where something is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from shopops.kit.refusals import Refused
from staff.models import Employee

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise

T = TypeVar("T")


@dataclass(frozen=True)
class Offer(Generic[T]):
    """Something that can be done with a document while `when` holds.

    :ivar place: `first` for the one thing to do next, `more` for the quiet ones, else `usual`.
    """

    key: str
    label: Words
    url_name: str
    permission: str
    icon: str
    when: Callable[[T], bool]
    form: type[forms.Form] | None = None
    initial: Callable[[T], dict[str, Any]] | None = None
    says: Words = ""
    tone: Literal["", "danger"] = ""
    place: Literal["first", "usual", "more"] = "usual"


@dataclass(frozen=True)
class Ask:
    """An offer as it is drawn: its address, and a form with ids of its own."""

    key: str
    label: Words
    url: str
    icon: str
    form: forms.Form | None
    says: Words
    tone: str
    place: str

    @property
    def has_dialog(self) -> bool:
        """Say whether something is asked or explained first."""
        return self.form is not None or bool(self.says)


@dataclass(frozen=True)
class Asks:
    """What can be done now: the buttons in sight, and those behind “more”."""

    all: list[Ask]

    @property
    def usual(self) -> list[Ask]:
        """Return the buttons in sight."""
        return [one for one in self.all if one.place != "more"]

    @property
    def more(self) -> list[Ask]:
        """Return the quiet ones."""
        return [one for one in self.all if one.place == "more"]


def asks_of(offers: Iterable[Offer[T]], thing: T, number: str, employee: Employee) -> Asks:
    """Return what this employee can do with a document now."""
    asks = []
    for one in offers:
        if not one.when(thing) or not employee.has_perm(one.permission):
            continue
        form = None
        if one.form is not None:
            form = one.form(initial=one.initial(thing) if one.initial else None, auto_id=f"{one.key}_%s")
        url = reverse(one.url_name, args=[number])
        asks.append(Ask(one.key, one.label, url, one.icon, form, one.says, one.tone, one.place))
    return Asks(asks)


def actor(request: HttpRequest) -> Employee:
    """Return who is logged in; the decorator has seen to it that somebody is."""
    assert isinstance(request.user, Employee)  # noqa: S101 -- for the type checker
    return request.user


def checked(form: forms.Form) -> dict[str, Any]:
    """Return the values of a form.

    :raises Refused: with the first complaint, if it is not valid.
    """
    if not form.is_valid():
        name, complaints = next(iter(form.errors.items()))
        label = form.fields[name].label if name in form.fields else ""
        raise Refused(f"{label}: {complaints[0]}" if label else str(complaints[0]))
    return form.cleaned_data


def back_to(request: HttpRequest, default: str, *args: Any) -> HttpResponseBase:
    """Go to where the form says it stands, if that is a page of ours, else to `default`."""
    place = request.POST.get("next", "")
    if place.startswith("/") and not place.startswith("//") and "\\" not in place:
        return redirect(place)
    return redirect(default, *args)


def in_drawer(request: HttpRequest) -> bool:
    """Say whether the page is asked for by the drawer of a list."""
    return request.headers.get("HX-Target") == "drawer-body"


def in_place(request: HttpRequest, page: Callable[[HttpRequest, str], HttpResponse], number: str) -> HttpResponse:
    """Show a document anew in the drawer it stands in, and let the list behind it read its rows again."""
    answer = page(request, number)
    answer["HX-Trigger"] = "list-changed"
    return answer
