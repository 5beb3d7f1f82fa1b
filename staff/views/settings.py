"""Settings a manager may change."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shopops.kit.access import allowed
from shopops.kit.clock import now
from shopops.kit.policy import SETTINGS
from shopops.kit.refusals import Refused
from staff.actions.settings import change_setting, restore_setting
from staff.models import Employee
from staff.queries.settings import ShownSetting, history_of_setting, recent_changes, shown_setting, shown_settings

LONGEST = 500


@allowed("staff.view_settingvalue")
@require_GET
def settings(request: HttpRequest) -> HttpResponse:
    """Show every setting, department by department, and what was changed lately."""
    context = {"departments": list(shown_settings()), "changes": recent_changes()}
    return render(request, "staff/settings/settings.html", context)


@allowed("staff.view_settingvalue")
@require_GET
def setting(request: HttpRequest, name: str) -> HttpResponse:
    """Show one setting with its history and, to who may change it, its form."""
    return _page(request, _shown(name))


@allowed("staff.change_settingvalue")
@require_POST
def setting_value(request: HttpRequest, name: str) -> HttpResponse:
    """Give a setting the posted value, or its default back."""
    assert isinstance(request.user, Employee)  # noqa: S101 -- signed in, says the decorator
    shown = _shown(name)
    text = request.POST.get("value", "").replace("\x00", "")[: LONGEST + 1]
    if shown.is_switch:
        text = "true" if text else "false"
    try:
        if request.POST.get("restore"):
            restore_setting(name, by=request.user, at=now())
        else:
            change_setting(name, text, by=request.user, at=now())
    except Refused as refusal:
        return _page(request, shown, text=text, complaint=str(refusal), status=422)
    messages.success(request, _("“%(label)s” is now %(value)s.") % {"label": shown.label, "value": _shown(name).text})
    return redirect("staff:setting", name)


def _shown(name: str) -> ShownSetting:
    found = shown_setting(name)
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest, shown: ShownSetting, *, text: str | None = None, complaint: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "shown": shown,
        "typed": SETTINGS[shown.name].write(shown.value) if text is None else text,
        "complaint": complaint,
        "history": history_of_setting(shown.setting),
    }
    return render(request, "staff/settings/setting.html", context, status=status)
