"""What the pages of documents share: one deed, a sentence, and back to where the form stood."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from shopops.kit.access import allowed
from shopops.kit.refusals import Refused
from warehouse.views.asking import in_drawer, in_place

T = TypeVar("T")


def deed(
    permission: str,
    find: Callable[[str], T],
    do: Callable[[HttpRequest, T], str],
    *,
    page: Callable[[HttpRequest, str], HttpResponse],
    url_name: str,
) -> Callable[..., HttpResponseBase]:
    """Return a view that does one thing to a document, says what it did, and goes back to its page.

    :param do: does it and returns the sentence to say; what it refuses is said instead.
    """

    @allowed(permission)
    @require_POST
    def done(request: HttpRequest, number: str) -> HttpResponseBase:
        try:
            said = do(request, find(number))
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            if said:
                messages.success(request, said)
        return in_place(request, page, number) if in_drawer(request) else redirect(url_name, number)

    return done
