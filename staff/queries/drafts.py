"""Drafts of clauses: what they change, in words, and whom they wait for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any, Literal

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from shopops.kit.lists.declarations import Reader, Row
from staff.models import Clause, ClauseVersion, Event
from staff.models.rulebook import TERMS, WORDS
from staff.queries.parameters import LABELS
from staff.queries.rulebook import Words, parameters_in_words, points_in_words, prices_in_text, see_of, wording
from staff.states import ExcuseKind, VersionState

COPIED = (*WORDS, *TERMS)
"""What a version says and costs; a draft copies them, and publishing compares them."""
OPEN = (VersionState.DRAFT, VersionState.SHADOW)
TONES = {
    VersionState.DRAFT: "plain",
    VersionState.SHADOW: "info",
    VersionState.PUBLISHED: "good",
    VersionState.DROPPED: "warn",
}
_HANDS = ("staff.clause_drafted", "staff.draft_changed")
_BRACE = re.compile(r"\{([^{}]*)\}")
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.,:%/_-]*|\s+|.", re.DOTALL)
_SHORT = 1  # an island of so few characters between two changes reads better as part of the change


@dataclass(frozen=True)
class Line:
    """One term that a draft changes, in words; a dash where there was or will be nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Piece:
    """A run of text that stayed, went or came."""

    kind: Literal["same", "gone", "new"]
    text: str


@dataclass(frozen=True)
class Step:
    """One step of the way from the first word to the rule in force: done, next, or still to come."""

    name: str
    note: str
    state: Literal["done", "next", ""]


def last_published(clause: Clause) -> ClauseVersion | None:
    """Return the newest published version of a clause, in force or coming: the one a draft follows."""
    return clause.versions.filter(state=VersionState.PUBLISHED).order_by("-version").first()


def followed_by(version: ClauseVersion) -> ClauseVersion | None:
    """Return the version that this one follows, or would follow if it were published."""
    published = version.clause.versions.filter(state=VersionState.PUBLISHED)
    if version.version:
        published = published.filter(version__lt=version.version)
    return published.order_by("-version").first()


def open_drafts(clause: Clause | None = None) -> QuerySet[ClauseVersion]:
    """Return drafts that may still be published, of one clause or of all, newest first."""
    drafts = ClauseVersion.objects.filter(state__in=OPEN).select_related("clause", "drafted_by")
    return (drafts.filter(clause=clause) if clause else drafts).order_by("-drafted_at", "-pk")


def waiting_for(employee: int) -> Q:
    """Return the condition for drafts that were put forward and that this person may publish: had no hand in them."""
    mine = Event.objects.filter(
        subject_type=ClauseVersion._meta.label, subject_id=OuterRef("pk"), verb__in=_HANDS, by=employee
    )
    return Q(state__in=OPEN, put_forward_at__isnull=False) & ~Q(drafted_by=employee) & ~Q(Exists(mine))


def waiting_drafts(employee: int) -> QuerySet[ClauseVersion]:
    """Return the drafts that wait for this person as the second one, those put forward first before the others."""
    return (
        ClauseVersion.objects.filter(waiting_for(employee))
        .select_related("clause", "drafted_by")
        .order_by("put_forward_at", "pk")
    )


def hands_on(draft: ClauseVersion) -> set[int]:
    """Return the ids of everybody who wrote or changed a draft."""
    events = Event.objects.filter(subject_type=ClauseVersion._meta.label, subject_id=draft.pk, verb__in=_HANDS)
    return {by for by in (draft.drafted_by_id, *events.values_list("by_id", flat=True)) if by}


def changed_terms(before: ClauseVersion, after: ClauseVersion) -> list[str]:
    """Return the names of the terms in which two versions differ, in the order of the columns."""
    return [name for name in COPIED if _plain(before, name) != _plain(after, name)]


def _plain(version: ClauseVersion, name: str) -> Any:
    value = getattr(version, name)
    return set(value) if name == "excuses" else value


def names_for_braces(version: ClauseVersion) -> set[str]:
    """Return what may stand in braces in the text of a version: what `wording` fills in."""
    names, source = set(version.parameters), version
    if see := see_of(version):
        clause = Clause.objects.filter(number=see).first()
        source = (last_published(clause) if clause else None) or version
        names |= set(source.parameters)
    return (names - {"see"}) | set(prices_in_text(source))


def unknown_braces(version: ClauseVersion, text: str) -> list[str]:
    """Return what stands in braces in a text and means nothing there; a brace without its other half too."""
    known = names_for_braces(version)
    strange = [name for name in _BRACE.findall(text) if name not in known]
    return strange or re.findall(r"[{}]", _BRACE.sub("", text))


def difference(draft: ClauseVersion, before: ClauseVersion | None, words: Words) -> list[Line]:
    """Return what a draft changes of the version it follows, line by line; the text itself is `text_difference`."""
    if before is None:
        return []
    lines = [
        Line(label, was or "–", will or "–")
        for (label, was), (_label, will) in zip(_said(before), _said(draft), strict=True)
        if was != will
    ]
    lines += _pairs(dict(_grades(before)), dict(_grades(draft)))
    was_words = {one.name: one.words for one in parameters_in_words(before, words)}
    will_words = {one.name: one.words for one in parameters_in_words(draft, words)}
    for name in draft.parameters:
        was, will = was_words.get(name, "–"), will_words.get(name, "–")
        if was != will:
            lines.append(Line(parameter_label(name), was, will))
    return lines


def text_difference(before: str, after: str) -> list[Piece]:
    """Return a text as runs that stayed, went or came; Chinese by characters, words and numbers whole."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    steps: list[tuple[str, str, str]] = []
    for step, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, came = "".join(old[first:last]), "".join(new[start:end])
        steps.append(("same" if step == "equal" else "changed", gone, came))
    return list(_pieces(_without_islands(steps)))


def wordings(version: ClauseVersion, words: Words) -> dict[str, str]:
    """Return the text of a version with its numbers filled in, in both languages."""
    texts = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            texts[language] = wording(version, words)
    return texts


def way_of(draft: ClauseVersion, *, is_tried: bool) -> list[Step]:
    """Return the way of a draft, what is done of it and what comes next; nothing for one that was given up."""
    if draft.state == VersionState.DROPPED:
        return []
    is_published = draft.state == VersionState.PUBLISHED
    steps = [
        (_("Written"), True, _("a copy of the rule, changed")),
        (_("Tried"), is_tried, _("on the past, or in shadow")),
        (_("Put forward"), is_published or draft.put_forward_at is not None, _("the second person is told")),
        (_("Published"), is_published, _("by a second person, from tomorrow on")),
    ]
    following = next((name for name, is_done, _note in steps if not is_done), "")
    return [
        Step(name, note, "done" if is_done else "next" if name == following else "") for name, is_done, note in steps
    ]


def parameter_label(name: str) -> str:
    """Return what a parameter is called in forms and comparisons."""
    return str(LABELS.get(name, name.replace("_", " ")))


def listed_drafts(_reader: Reader) -> QuerySet[ClauseVersion]:
    """Return the rows of the list of drafts: every version that somebody drafted."""
    drafts = ClauseVersion.objects.filter(Q(drafted_by__isnull=False) | Q(state__in=OPEN))
    return drafts.annotate(
        number=F("clause__number"),
        title=F("clause__title"),
        title_en=F("clause__title_en"),
        drafter=F("drafted_by__name"),
        publisher=F("published_by__name"),
    )


def matching_drafts(text: str) -> Q:
    """Return the condition for the search box: number or title of the clause, who drafted it, or the note."""
    words = text.strip()
    return (
        Q(clause__number__istartswith=words)
        | Q(clause__title__icontains=words)
        | Q(clause__title_en__icontains=words)
        | Q(drafted_by__name__startswith=words)
        | Q(note__icontains=words)
    )


def add_draft_words(rows: list[Row], _reader: Reader) -> None:
    """Put what templates show on the rows of a page; no query."""
    labels = dict(VersionState.choices)
    english = translation.get_language() == "en"
    for row in rows:
        row["called"] = row["title_en"] if english else row["title"]
        row["state_label"] = labels[row["state"]]
        row["tone"] = TONES[VersionState(row["state"])]
        row["is_open"] = row["state"] in OPEN


def _said(version: ClauseVersion) -> Iterator[tuple[str, str]]:
    """Give the terms of a version in words, always the same labels in the same order."""
    yield _("Points"), points_in_words(version.points)
    yield _("Yuan into the happiness fund"), _number(version.fund)
    yield _("How often it is charged"), str(version.get_per_display())
    yield _("Escalation"), escalation_in_words(version)
    yield _("Points of the superior"), points_in_words(version.superior_points)
    yield _("Post of the superior"), version.superior_post
    yield _("Most points a month"), _number(version.monthly_cap)
    yield _("Automatic excuses"), excuses_in_words(version.excuses)
    yield _("Exemption"), version.exemption_en if translation.get_language() == "en" else version.exemption
    yield _("Days to appeal"), str(version.appeal_days)


def escalation_in_words(version: ClauseVersion) -> str:
    """Return when a clause becomes dearer: `×2 from case 3 of a month`; empty if never."""
    if not version.escalates_from:
        return ""
    return _("×%(times)s from case %(number)s of a month") % {
        "times": _number(version.escalates_by),
        "number": version.escalates_from,
    }


def excuses_in_words(excuses: Iterable[str]) -> str:
    """Return what excuses by itself, in words."""
    given = set(excuses)
    return " · ".join(str(label) for value, label in ExcuseKind.choices if value in given)


def _grades(version: ClauseVersion) -> Iterator[tuple[str, str]]:
    for grade, points in version.grades.items():
        yield _("Points when “%(grade)s”") % {"grade": grade}, points_in_words(Decimal(str(points)))


def _pairs(before: dict[str, str], after: dict[str, str]) -> list[Line]:
    names = [*before, *(name for name in after if name not in before)]
    return [
        Line(name, before.get(name, "–"), after.get(name, "–")) for name in names if before.get(name) != after.get(name)
    ]


def _without_islands(steps: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Join two changes with hardly anything between them into one."""
    joined: list[tuple[str, str, str]] = []
    for index, (kind, gone, came) in enumerate(steps):
        is_island = kind == "same" and len(gone) <= _SHORT and 0 < index < len(steps) - 1
        if joined and joined[-1][0] == "changed" and (kind == "changed" or is_island):
            joined[-1] = ("changed", joined[-1][1] + gone, joined[-1][2] + came)
        else:
            joined.append((kind, gone, came))
    return joined


def _pieces(steps: list[tuple[str, str, str]]) -> Iterator[Piece]:
    for kind, gone, came in steps:
        if kind == "same":
            yield Piece("same", gone)
            continue
        if gone:
            yield Piece("gone", gone)
        if came:
            yield Piece("new", came)


def _number(value: Any) -> str:
    return f"{value.normalize():f}" if value else ""
