"""Settings, changed by a manager."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from shopops.kit.policy import SETTINGS
from shopops.kit.refusals import Refused
from shopops.kit.workdays import WorkCalendar
from staff.actions.events import record
from staff.models import Employee, SettingValue
from staff.policy import OFFICE_HOURS, spans
from staff.queries.calendar import forget_calendar
from staff.queries.settings import AnySetting, ShownSetting, forget_values

LONGEST = 500


@transaction.atomic
def change_setting(name: str, text: str, *, by: Employee, at: datetime) -> None:
    """Give a setting another value. Processes that run already follow within five seconds.

    :raises Refused: if there is no such setting or the value does not fit.
    """
    setting = _declared(name)
    text = text.strip()
    try:
        value = setting.parse(text)
        if name == OFFICE_HOURS.name:
            WorkCalendar(hours=spans(text))
    except ValueError:
        raise Refused(_refusal(setting)) from None
    if len(text) > LONGEST:
        raise Refused(_("Keep it under %(count)s characters.") % {"count": LONGEST})
    kept = SettingValue.objects.select_for_update().filter(name=name).first()
    before = ShownSetting(setting, kept).value
    if before == value:
        return
    if kept is None:
        kept = SettingValue(name=name)
    kept.value, kept.changed_by, kept.changed_at = setting.write(value), by, at
    kept.save()
    changes = {"value": (setting.write(before), kept.value)}
    record("staff.setting_changed", kept, by=by, at=at, changes=changes)
    transaction.on_commit(_forget)


@transaction.atomic
def restore_setting(name: str, *, by: Employee, at: datetime) -> None:
    """Let a setting follow its default again.

    :raises Refused: if there is no such setting.
    """
    setting = _declared(name)
    kept = SettingValue.objects.select_for_update().filter(name=name).first()
    if kept is None:
        return
    before = ShownSetting(setting, kept).value
    changes = {"value": (setting.write(before), setting.write(setting.default))}
    record("staff.setting_restored", kept, by=by, at=at, changes=changes)
    kept.delete()
    transaction.on_commit(_forget)


def _declared(name: str) -> AnySetting:
    if name not in SETTINGS:
        raise Refused(_("There is no setting “%(name)s”.") % {"name": name})
    return SETTINGS[name]


def _refusal(setting: AnySetting) -> str:
    """Return the sentence that says what would fit."""
    bounds = ShownSetting(setting, None).bounds
    if isinstance(setting.default, bool):
        return _("%(label)s is either on or off.") % {"label": setting.label}
    if isinstance(setting.default, str):
        return _("%(label)s cannot be that. It looks like this: %(example)s") % {
            "label": setting.label,
            "example": setting.default,
        }
    if bounds:
        return _("%(label)s must be a number, %(bounds)s.") % {"label": setting.label, "bounds": bounds}
    return _("%(label)s must be a number.") % {"label": setting.label}


def _forget() -> None:
    forget_values()
    forget_calendar()
