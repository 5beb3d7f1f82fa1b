"""The trail: everything that was done, by whom, when."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from shopops.kit.lists import (
    AnyOfFilter,
    Column,
    DaysFilter,
    Empty,
    ExactFilter,
    Export,
    ExportColumn,
    ListFilters,
    ListPage,
    OneOfFilter,
    Sort,
    WordsFilter,
)
from staff.queries.events import add_event_words, kinds, listed_events, matching_events, people, verbs


class EventFilters(ListFilters):
    """The filters of the trail."""

    on = DaysFilter(field_name="at", label=_("Moment"), first=True)
    by = OneOfFilter(field_name="by_id", choices=people, label=_("Who"), first=True)
    verb = AnyOfFilter(field_name="verb", choices=verbs, label=_("What was done"))
    kind = AnyOfFilter(field_name="subject_type", choices=kinds, label=_("Kind of thing"))
    called = ExactFilter(field_name="subject_label", label=_("Called"))
    reason = WordsFilter(field_name="reason", label=_("Reason"))


EVENTS_PAGE = ListPage(
    name="staff.events",
    title=_("Trail"),
    note=_("Every change leaves one event here. Nobody can change or delete them."),
    permission="staff.view_event",
    icon="history",
    rows=listed_events,
    values=("at", "verb", "subject_type", "subject_id", "subject_label", "who", "changes", "reason"),
    finish=add_event_words,
    cells="staff/history/cells.html",
    columns=(
        Column("at", _("Moment"), fixed=True, sort="at"),
        Column("who", _("Who"), card="right"),
        Column("what", _("What was done"), card="full"),
        Column("subject", _("About"), card="full"),
        Column("changes", _("Before → after"), card="full"),
        Column("reason", _("Reason"), card="full"),
    ),
    sorts=(Sort("at", "id", _("Moment")),),  # written in order, and the key is the only index that costs nothing
    filters=EventFilters,
    search=matching_events,
    search_hint=_("Number or name of a thing"),
    export=Export(
        permission="staff.view_event",
        columns=(
            ExportColumn(_("Moment"), "at", kind="time"),
            ExportColumn(_("Who"), "who"),
            ExportColumn(_("What was done"), "what"),
            ExportColumn(_("Kind of thing"), "kind"),
            ExportColumn(_("Called"), "subject_label"),
            ExportColumn(_("Before → after"), "changes_text"),
            ExportColumn(_("Reason"), "reason"),
        ),
    ),
    empty=Empty(_("No events.")),
)
