"""What waits in the warehouse, for “my work”."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shopops.kit.worklists import WORKLISTS, Rows, Task, Worklist
from warehouse.models import DispatchNote, Parcel, Wave
from warehouse.queries.notes import late_soon, stopped_here
from warehouse.queries.parcels import stalled
from warehouse.states import NoteState, WaveState


def _note_url(note: DispatchNote) -> str:
    return reverse("warehouse:note", args=[note.number])


_late_notes = Rows(
    lambda _employee, at: DispatchNote.objects.filter(late_soon(at)),
    lambda note: Task(note.number, _note_url(note), note.ship_by, note.summary[:60]),
    ("ship_by", "pk"),
    late=lambda at: Q(ship_by__lt=at),
)
_stopped_notes = Rows(
    lambda _employee, _at: DispatchNote.objects.filter(stopped_here()),
    lambda note: Task(note.number, _note_url(note), note.ship_by, note.stopped_reason),
    ("stopped_at", "pk"),
)
_notes_to_wave = Rows(
    lambda _employee, _at: DispatchNote.objects.filter(state=NoteState.WAITING, stopped_at=None),
    lambda note: Task(note.number, _note_url(note), note.ship_by, note.summary[:60]),
    ("ship_by", "pk"),
    late=lambda at: Q(ship_by__lt=at),
)
_waves = Rows(
    lambda employee, _at: Wave.objects.filter(
        Q(state__in=(WaveState.OPEN, WaveState.PICKED)) | Q(state=WaveState.PICKING, picker=employee)
    ),
    lambda wave: Task(wave.number, reverse("warehouse:wave", args=[wave.number]), None, str(wave.get_state_display())),
    ("made_at", "pk"),
)
_stalled_parcels = Rows(
    lambda _employee, at: Parcel.objects.filter(stalled(at)),
    lambda parcel: Task(parcel.waybill, _note_url(parcel.note), None, parcel.last_news[:60]),
    ("last_news_at", "pk"),
    related=("note",),
)

for worklist in (
    Worklist(
        "warehouse.late_notes",
        _("Parcels late or soon late"),
        "warehouse.view_dispatchnote",
        "warehouse:note_list",
        _late_notes,
        icon="alarm-clock",
        query="?tab=late",
    ),
    Worklist(
        "warehouse.stopped_notes",
        _("Stopped parcels"),
        "warehouse.stop_note",
        "warehouse:note_list",
        _stopped_notes,
        icon="octagon-alert",
        query="?tab=stopped",
    ),
    Worklist(
        "warehouse.to_wave",
        _("Dispatch notes without a wave"),
        "warehouse.make_wave",
        "warehouse:new_wave",
        _notes_to_wave,
        icon="package-plus",
    ),
    Worklist(
        "warehouse.waves",
        _("Waves to pick, pack and ship"),
        "warehouse.pick_wave",
        "warehouse:wave_list",
        _waves,
        icon="layers",
    ),
    Worklist(
        "warehouse.stalled_parcels",
        _("Stalled parcels"),
        "warehouse.view_parcel",
        "warehouse:parcel_list",
        _stalled_parcels,
        icon="truck",
        query="?tab=stalled",
    ),
):
    WORKLISTS.add(worklist.name, worklist)
