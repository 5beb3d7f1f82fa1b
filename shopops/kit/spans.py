"""Spans of time as people say them."""

from __future__ import annotations

from django.utils.translation import gettext as _

MINUTE, HOUR, DAY = 60, 3600, 86400


def span_said(seconds: int) -> str:
    """Return a span as people read it: 43 秒, 2 分 10 秒, 1 小时 5 分, 3 天 4 小时."""
    seconds = max(int(seconds), 0)
    if seconds < MINUTE:
        return _("%(s)s s") % {"s": seconds}
    if seconds < HOUR:
        minutes, rest = divmod(seconds, MINUTE)
        return _("%(m)s min %(s)s s") % {"m": minutes, "s": rest} if rest else _("%(m)s min") % {"m": minutes}
    if seconds < DAY:
        return _("%(h)s h %(m)s min") % {"h": seconds // HOUR, "m": seconds % HOUR // MINUTE}
    return _("%(d)s d %(h)s h") % {"d": seconds // DAY, "h": seconds % DAY // HOUR}
