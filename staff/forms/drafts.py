"""Forms for drafts of clauses: what it says and costs, whom and when not; and the day it holds from."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from staff.models import ClauseVersion, Position
from staff.queries.drafts import COPIED, names_for_braces, parameter_label, unknown_braces
from staff.queries.parameters import NOT_SHOWN, WEEKDAYS
from staff.queries.terms import grade_in_words
from staff.states import ClauseKind, ExcuseKind, Per

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_CLOCK = re.compile(r"^([01]?\d|2[0-3]):[0-5]\d$")
_BOUNDS = {"month": (1, 12), "first_day": (1, 31), "last_day": (1, 31), "days_a_week": (1, 7), "hours_a_day": (1, 24)}
_MOST = 1_000_000


def _points(label: str | _StrPromise, *, required: bool = True) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=required, max_digits=6, decimal_places=2, min_value=-1000, max_value=1000
    )


class DraftForm(forms.Form):
    """A draft as a whole; one field for each of its parameters and grades, which keep their names."""

    text = forms.CharField(label=_("Text in Chinese"), max_length=2000, widget=forms.Textarea({"rows": 5}))
    text_en = forms.CharField(label=_("Text in English"), max_length=3000, widget=forms.Textarea({"rows": 5}))
    points = _points(_("Points"))
    fund = forms.DecimalField(
        label=_("Yuan into the happiness fund"), max_digits=8, decimal_places=2, min_value=0, required=False
    )
    per = forms.ChoiceField(label=_("How often it is charged"), choices=Per.choices)
    escalates_from = forms.IntegerField(
        label=_("Dearer from case number"),
        min_value=2,
        max_value=1000,
        required=False,
        help_text=_("of one person in a calendar month; empty if never"),
    )
    escalates_by = forms.DecimalField(
        label=_("Then times"), max_digits=4, decimal_places=2, min_value=1, max_value=20, required=False
    )
    monthly_cap = forms.DecimalField(
        label=_("Most points a month"),
        max_digits=6,
        decimal_places=2,
        min_value=0,
        required=False,
        help_text=_("written without a sign; empty if there is no limit"),
    )
    superior_points = _points(_("Points of the superior"), required=False)
    superior_post = forms.ChoiceField(label=_("Who that is"), required=False)
    excuses = forms.MultipleChoiceField(
        label=_("Excused by itself"), choices=ExcuseKind.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    exemption = forms.CharField(label=_("Exemption"), max_length=200, required=False)
    exemption_en = forms.CharField(label=_("Exemption in English"), max_length=240, required=False)
    appeal_days = forms.IntegerField(label=_("Days to appeal"), min_value=1, max_value=90)
    valid_from = forms.DateField(label=_("Holds from"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    note = forms.CharField(label=_("What changes, and why"), max_length=300, widget=forms.Textarea({"rows": 2}))

    def __init__(self, version: ClauseVersion, *args: Any, tomorrow: date, **kwargs: Any) -> None:
        """Offer the terms of `version`, a draft or the version a new draft starts from.

        :param tomorrow: the first day on which a new version can hold.
        """
        self.version = version
        self.tomorrow = tomorrow
        super().__init__(*args, **{**kwargs, "initial": self._offered()})
        self.fields["superior_post"] = forms.ChoiceField(
            label=self.fields["superior_post"].label, required=False, choices=_posts(version.superior_post)
        )
        for grade in version.grades:
            label = _now("Points when “%(grade)s”") % {"grade": grade_in_words(grade)}
            self.fields[f"grade_{grade}"] = _points(label)
        for name, value in version.parameters.items():
            if name not in NOT_SHOWN:
                self.fields[f"with_{name}"] = _field(name, value)
        known = " ".join("{" + name + "}" for name in sorted(names_for_braces(version)))
        self.fields["text"].help_text = _now("Numbers stand in braces and are filled in: %(known)s") % {"known": known}

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields as the page shows them: what most drafts change comes first."""
        limits = [name for name in self.fields if name.startswith("with_")]
        grades = [name for name in self.fields if name.startswith("grade_")]
        price = ["points", *grades, "fund", "per", "escalates_from", "escalates_by", "monthly_cap"]
        groups = [
            (_now("Limits"), limits),
            (_now("What it costs"), price),
            (_now("The superior answers besides"), ["superior_points", "superior_post"]),
            (_now("When not"), ["excuses", "exemption", "exemption_en", "appeal_days"]),
        ]
        return [(label, [self[name] for name in names]) for label, names in groups if names]

    @property
    def wording(self) -> list[forms.BoundField]:
        """The two texts."""
        return [self["text"], self["text_en"]]

    @property
    def reason(self) -> list[forms.BoundField]:
        """From when, and why."""
        return [self["valid_from"], self["note"]]

    @property
    def terms(self) -> dict[str, Any]:
        """The columns of the draft as they were filled in."""
        given = self.cleaned_data
        version = self.version
        parameters = {name: given.get(f"with_{name}", value) for name, value in version.parameters.items()}
        return {
            **{name: given[name] for name in (*COPIED, "valid_from", "note") if name in given},
            "fund": given["fund"] or Decimal(0),
            "escalates_by": given["escalates_by"] or Decimal(1),
            "superior_points": given["superior_points"] or Decimal(0),
            "grades": {grade: _short(given[f"grade_{grade}"]) for grade in version.grades},
            "parameters": parameters,
        }

    def clean_text(self) -> str:
        """Keep the braces whole."""
        return self._braces("text")

    def clean_text_en(self) -> str:
        """Keep the braces whole."""
        return self._braces("text_en")

    def clean_valid_from(self) -> date:
        """Judge nobody by a rule made afterwards."""
        day: date = self.cleaned_data["valid_from"]
        if day < self.tomorrow:
            raise forms.ValidationError(_("A version holds from tomorrow at the earliest."))
        if day > self.tomorrow + timedelta(days=730):
            raise forms.ValidationError(_("That is more than two years away."))
        return day

    def clean(self) -> dict[str, Any]:
        """Keep the sign of the points; want both halves of an escalation."""
        given = super().clean() or self.cleaned_data
        for name in ("points", "superior_points", *(f"grade_{grade}" for grade in self.version.grades)):
            points = given.get(name)
            if points and points * self._sign < 0:
                self.add_error(name, _("Penalties are negative, rewards positive; this clause keeps its sign."))
        if given.get("escalates_from") and (given.get("escalates_by") or 1) <= 1 and "escalates_by" not in self.errors:
            self.add_error("escalates_by", _("Say how many times dearer it becomes: more than 1."))
        return given

    @property
    def _sign(self) -> int:
        """What the points of the clause are by their kind: a slip does not turn a penalty into a reward."""
        kind = self.version.clause.kind
        return 1 if kind == ClauseKind.REWARD else -1 if kind == ClauseKind.PENALTY else self._sign_so_far

    @property
    def _sign_so_far(self) -> int:
        points = self.version.points
        return 1 if points > 0 else -1 if points < 0 else 0

    def _braces(self, name: str) -> str:
        text: str = self.cleaned_data[name]
        if strange := unknown_braces(self.version, text):
            raise forms.ValidationError(
                _("“%(brace)s” stands for nothing this clause has."), params={"brace": strange[0] or "{}"}
            )
        return text

    def _offered(self) -> dict[str, Any]:
        version = self.version
        offered: dict[str, Any] = {name: getattr(version, name) for name in (*COPIED, "note")}
        for name in ("points", "fund", "superior_points", "escalates_by", "monthly_cap"):
            offered[name] = None if offered[name] is None else _short(offered[name])
        if not version.escalates_from:
            offered["escalates_by"] = None
        offered["valid_from"] = max(version.valid_from, self.tomorrow)
        if version.published_at:
            offered["note"] = ""
            offered["valid_from"] = max(version.valid_from + timedelta(days=1), self.tomorrow)
        offered |= {f"grade_{grade}": points for grade, points in version.grades.items()}
        return offered | {f"with_{name}": value for name, value in version.parameters.items()}


class PublicationForm(forms.Form):
    """The day from which the second person lets a draft hold."""

    valid_from = forms.DateField(label=_("Holds from"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))


class DropForm(forms.Form):
    """Why a draft is given up."""

    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


def _short(points: Decimal) -> str:
    return f"{points.normalize():f}"


def _posts(chosen: str) -> list[tuple[str, str]]:
    """Return the posts by their rows in the register; nobody named is the head of the unit."""
    posts = Position.objects.exclude(register_ids="").order_by("position", "pk")
    choices = [(row, str(post)) for post in posts for row in post.register_ids.split()[:1]]
    if chosen and chosen not in dict(choices):
        choices.append((chosen, chosen))
    return [("", _now("the head of the unit")), *choices]


def _field(name: str, value: Any) -> forms.Field:
    """Return the field of a parameter by the kind of value it has: a parameter keeps its kind."""
    label = parameter_label(name)
    if isinstance(value, bool):
        return forms.BooleanField(label=label, required=False)
    if name == "weekday":
        return forms.TypedChoiceField(label=label, coerce=int, choices=list(enumerate(WEEKDAYS, start=1)))
    if isinstance(value, (int, float)):
        least, most = _BOUNDS.get(name, (0, _MOST))
        kind = forms.IntegerField if isinstance(value, int) else forms.FloatField
        return kind(label=label, min_value=least, max_value=most)
    if name.endswith("_post"):
        return forms.ChoiceField(label=label, choices=_posts(str(value))[1:])
    if _CLOCK.match(str(value)):
        return forms.RegexField(
            _CLOCK,
            label=label,
            widget=forms.TextInput({"type": "time"}),
            error_messages={"invalid": _("Write a time of day such as 10:00.")},
        )
    return forms.CharField(label=label, max_length=60)
