"""The form of a draft takes every clause of the register, and gives back what it offered."""

from __future__ import annotations

from datetime import date

import pytest
from django.forms import CheckboxInput

from staff.forms.drafts import DraftForm
from staff.models import ClauseVersion
from staff.queries.drafts import changed_terms, unknown_braces
from tests.factories.rulebook import open_book
from tests.factories.staff import make_cast

pytestmark = pytest.mark.django_db
TOMORROW = date(2026, 11, 21)


def as_posted(form: DraftForm) -> dict[str, object]:
    """Return what a browser sends when nobody changes anything but the note."""
    sent: dict[str, object] = {"note": "试试"}
    for bound in form:
        value = bound.value()
        if bound.name == "note" or value is None or (isinstance(bound.field.widget, CheckboxInput) and not value):
            continue
        sent[bound.name] = value
    return sent


def test_every_clause_of_the_register_goes_through_the_form_unchanged():
    make_cast()
    open_book()
    for version in ClauseVersion.objects.select_related("clause"):
        form = DraftForm(version, as_posted(DraftForm(version, tomorrow=TOMORROW)), tomorrow=TOMORROW)
        assert form.is_valid(), (version, form.errors.as_data())
        draft = ClauseVersion(clause=version.clause, **{**form.terms, "note": ""})
        assert changed_terms(version, draft) == [], version


def test_no_text_of_the_register_has_a_brace_that_means_nothing():
    open_book()
    for version in ClauseVersion.objects.select_related("clause"):
        for text in (version.text, version.text_en):
            assert unknown_braces(version, text) == [], version
