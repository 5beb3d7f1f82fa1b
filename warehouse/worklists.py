"""What waits in the warehouse, for “my work”."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shopops.kit.worklists import WORKLISTS, Task, Waiting, Worklist
from warehouse.models import DispatchNote, Parcel, Wave
from warehouse.queries.notes import late_soon, stopped_here
from warehouse.queries.parcels import stalled
from warehouse.states import NoteState, WaveState

MOST = 1000
TASKS = 5


def _late_notes(_employee: int, at: datetime) -> Waiting:
    found = DispatchNote.objects.filter(late_soon(at))
    tasks = [
        Task(note.number, _note_url(note), note.ship_by, note.summary[:60])
        for note in found.order_by("ship_by", "pk")[:TASKS]
    ]
    return Waiting(_count(found), _count(found.filter(ship_by__lt=at)), tasks)


def _stopped_notes(_employee: int, _at: datetime) -> Waiting:
    found = DispatchNote.objects.filter(stopped_here())
    tasks = [
        Task(note.number, _note_url(note), note.ship_by, note.stopped_reason)
        for note in found.order_by("stopped_at", "pk")[:TASKS]
    ]
    return Waiting(_count(found), 0, tasks)


def _notes_to_wave(_employee: int, at: datetime) -> Waiting:
    found = DispatchNote.objects.filter(state=NoteState.WAITING, stopped_at=None)
    return Waiting(_count(found), _count(found.filter(ship_by__lt=at)), [])


def _waves(employee: int, _at: datetime) -> Waiting:
    mine = Q(state=WaveState.PICKING, picker=employee)
    found = Wave.objects.filter(Q(state__in=(WaveState.OPEN, WaveState.PICKED)) | mine)
    tasks = [
        Task(wave.number, reverse("warehouse:wave", args=[wave.number]), None, str(wave.get_state_display()))
        for wave in found.order_by("made_at", "pk")[:TASKS]
    ]
    return Waiting(_count(found), 0, tasks)


def _stalled_parcels(_employee: int, at: datetime) -> Waiting:
    found = Parcel.objects.filter(stalled(at)).select_related("note")
    tasks = [
        Task(parcel.waybill, _note_url(parcel.note), None, parcel.last_news[:60])
        for parcel in found.order_by("last_news_at", "pk")[:TASKS]
    ]
    return Waiting(_count(found), 0, tasks)


def _note_url(note: DispatchNote) -> str:
    return reverse("warehouse:note", args=[note.number])


def _count(found: QuerySet[DispatchNote] | QuerySet[Wave] | QuerySet[Parcel]) -> int:
    """Count up to what is shown as “1000+”, without ordering or joining anything."""
    return found.order_by()[:MOST].count()


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
