"""What can be done on a document's page: a button each, with a form in a dialog where something is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shopops.kit.access import allowed
from shopops.kit.refusals import Refused
from staff.models import Employee

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise

T = TypeVar("T")
K = TypeVar("K", int, str)
"""What a document is called by in its address: a key or a number."""


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


def in_place(request: HttpRequest, page: Callable[[HttpRequest, K], HttpResponse], number: K) -> HttpResponse:
    """Show a document anew in the drawer it stands in, and let the list behind it read its rows again."""
    answer = page(request, number)
    answer["HX-Trigger"] = "list-changed"
    return answer


def deed(
    permission: str,
    find: Callable[[K], T],
    do: Callable[[HttpRequest, T], str],
    *,
    url_name: str,
    page: Callable[[HttpRequest, K], HttpResponse] | None = None,
) -> Callable[..., HttpResponseBase]:
    """Return a view that does one thing to a document, says what it did, and goes back to where the form stood.

    :param do: does it and returns the sentence to say, which may be empty; what it refuses is said instead.
    :param page: draws the document anew in the drawer of a list; without it the drawer asks for `url_name` again.
    """

    @allowed(permission)
    @require_POST
    def done(request: HttpRequest, /, **named: K) -> HttpResponseBase:
        (key,) = named.values()  # the addresses name it `key` or `number`
        found = find(key)
        try:
            said = do(request, found)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            if said:
                messages.success(request, said)
        if not in_drawer(request):
            return back_to(request, url_name, key)
        return in_place(request, page, key) if page else redirect(f"{reverse(url_name, args=[key])}?done=1")

    return done
