"""What a version of a clause costs, whom and when not, in words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from staff.models import ClauseVersion, Position
from staff.states import ClauseKind, ExcuseKind, Per

GRADES = {
    "minor": gettext_lazy("minor"),
    "medium": gettext_lazy("middling"),
    "grave": gettext_lazy("grave"),
    "with_text": gettext_lazy("with written text"),
}


def points_in_words(points: Decimal) -> str:
    """Return points with their sign: −3, +1.5; a dash for a clause that costs nothing."""
    if not points:
        return "–"
    return f"{points.normalize():+f}".replace("-", "−")


def grade_in_words(grade: str) -> str:
    """Return what a grade of a case is called."""
    return str(GRADES.get(grade, grade))


def costs(version: ClauseVersion) -> bool:
    """Say whether a case costs or brings anything."""
    return bool(version.points or version.fund or any(Decimal(points) for points in version.grades.values()))


def price_in_words(version: ClauseVersion) -> str:
    """Return the price of one case in short: −3, −1…−3, ¥50; a dash where it costs nothing."""
    prices = {version.points, *(Decimal(points) for points in version.grades.values())}
    cheap, dear = min(prices, key=abs), max(prices, key=abs)
    parts = []
    if dear:
        parts.append(points_in_words(dear) if cheap == dear else f"{points_in_words(cheap)}…{points_in_words(dear)}")
    if version.fund:
        parts.append(f"¥{version.fund.normalize():f}")
    return " ".join(parts) or "–"


def terms_in_words(version: ClauseVersion, posts: Mapping[str, Position] | None = None) -> list[str]:
    """Return what a version costs and allows, one sentence a term, in the language of whoever reads.

    :param posts: posts by their rows in the register (`words_on(day).posts`); left out, one query finds the one named.
    """
    return [*charges_in_words(version, posts), *_limits(version)]


def terms_as_facts(version: ClauseVersion, posts: Mapping[str, Position] | None = None) -> list[tuple[str, str]]:
    """Return the same terms each under its name, for a page that shows facts; names that say nothing are left out.

    :param posts: as for `terms_in_words`.
    """
    named = (
        (_("Price of a case"), _prices(version)),
        (_("Besides and dearer"), _whom(version, posts)),
        (_("Most in a month"), _cap(version)),
        (_("Excused by itself"), [str(ExcuseKind(kind).label) for kind in version.excuses]),
        (_("Exemption"), [_exemption(version)] if _exemption(version) else []),
        (_("Time to appeal"), _appeal(version)),
    )
    return [(name, " · ".join(words)) for name, words in named if words]


def charges_in_words(version: ClauseVersion, posts: Mapping[str, Position] | None = None) -> list[str]:
    """Return what a version costs, how often, from when it is dearer and who else pays."""
    return [*_prices(version), *_whom(version, posts), *_cap(version)]


def _cap(version: ClauseVersion) -> list[str]:
    if version.monthly_cap is None:
        return []
    return [_("at most %(points)s points a month") % {"points": f"{version.monthly_cap.normalize():f}"}]


def _prices(version: ClauseVersion) -> list[str]:
    terms = []
    if version.grades:
        by_grade = sorted(version.grades.items(), key=lambda pair: abs(Decimal(pair[1])))
        said = [
            _("%(grade)s %(points)s") % {"grade": grade_in_words(grade), "points": points_in_words(Decimal(points))}
            for grade, points in by_grade
        ]
        if version.points not in {Decimal(points) for _grade, points in by_grade}:
            said.insert(0, points_in_words(version.points))
        terms.append(_("points by the case: %(grades)s") % {"grades": _(", ").join(said)})
    elif version.points:
        terms.append(_("%(points)s points") % {"points": points_in_words(version.points)})
    if version.fund and version.clause.kind == ClauseKind.REWARD:
        terms.append(_("¥%(yuan)s paid by the company") % {"yuan": f"{version.fund.normalize():f}"})
    elif version.fund:
        terms.append(_("¥%(yuan)s into the happiness fund") % {"yuan": f"{version.fund.normalize():f}"})
    if not terms:
        see = version.parameters.get("see")
        return [_("the price stands in %(clause)s") % {"clause": see}] if see else [_("costs no points")]
    return [*terms, str(Per(version.per).label)]


def _whom(version: ClauseVersion, posts: Mapping[str, Position] | None) -> list[str]:
    """Return who pays besides, and from when it is dearer."""
    terms = []
    if version.parameters.get("everybody_on_duty") is True:
        terms.append(_("everybody on duty answers"))
    if version.escalates_from:
        terms.append(
            _("times %(times)s from case %(number)s of a month")
            % {"times": f"{version.escalates_by.normalize():f}", "number": version.escalates_from}
        )
    if version.superior_points:
        terms.append(
            _("%(post)s besides: %(points)s points")
            % {"post": _superior(version, posts), "points": points_in_words(version.superior_points)}
        )
    return terms


def _superior(version: ClauseVersion, posts: Mapping[str, Position] | None) -> str:
    row = version.superior_post
    if not row:
        return _("the head of the unit")
    if posts is None:
        return str(Position.objects.filter(register_ids__contains=row).first() or row)
    return str(posts.get(row, row))


def _limits(version: ClauseVersion) -> list[str]:
    """Return what excuses, and how long one may appeal."""
    terms = []
    if version.excuses:
        said = _(", ").join(str(ExcuseKind(kind).label) for kind in version.excuses)
        terms.append(_("excused by %(reasons)s") % {"reasons": said})
    if exemption := _exemption(version):
        terms.append(_("not where: %(exemption)s") % {"exemption": exemption})
    return [*terms, *_appeal(version)]


def _exemption(version: ClauseVersion) -> str:
    return version.exemption_en if get_language() == "en" else version.exemption


def _appeal(version: ClauseVersion) -> list[str]:
    if version.clause.kind != ClauseKind.PENALTY or not costs(version):
        return []
    days = version.appeal_days
    return [ngettext("%(n)s day to appeal", "%(n)s days to appeal", days) % {"n": days}]
