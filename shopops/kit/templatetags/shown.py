"""How values are shown: money, moments, flags, icons. Available in every template without a load."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shopops.kit.charts import compact
from shopops.kit.clock import SHANGHAI
from shopops.kit.drawn import drawn_fields
from shopops.kit.masking import mask_nick

register = template.Library()
register.filter("fields", drawn_fields)

FLAG_COLOURS = ("grey", "red", "yellow", "green", "blue", "purple")
"""The platform's flags by number."""


@register.filter
def money(value: Any) -> str:
    """Return yuan with two decimals: ¥1,234.50, -¥30.00; nothing for nothing."""
    if value is None or value == "":
        return ""
    try:
        amount = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return str(value)
    return f"¥{amount:,.2f}" if amount >= 0 else f"-¥{-amount:,.2f}"


@register.filter
def signed_money(value: Any) -> str:
    """Return yuan with its sign: +¥212.00."""
    text = money(value)
    return text if not text or text.startswith("-") else f"+{text}"


@register.filter
def moment(value: datetime | None) -> str:
    """Return a moment on the shop's wall clock: 2026-11-21 16:08."""
    return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if value else ""


@register.filter
def short_moment(value: datetime | None) -> str:
    """Return a moment without the year: 11-21 16:08."""
    return f"{value.astimezone(SHANGHAI):%m-%d %H:%M}" if value else ""


@register.filter
def day(value: date | datetime | None) -> str:
    """Return a day: 2026-11-21."""
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI)
    return f"{value:%Y-%m-%d}" if value else ""


@register.filter
def machine_moment(value: datetime | None) -> str:
    """Return a moment for the `datetime` attribute."""
    return value.astimezone(UTC).isoformat(timespec="seconds") if value else ""


@register.filter
def many(value: Any) -> str:
    """Return a big figure short: 12.3万 in Chinese, 123k in English; small ones as they are."""
    return "" if value is None or value == "" else compact(Decimal(str(value)))


@register.filter
def time_left(value: datetime | None, at: datetime) -> str:
    """Return how long until a moment, or by how much it has passed, in words."""
    if value is None:
        return ""
    seconds = (value - at).total_seconds()
    minutes = int(abs(seconds) // 60)
    if minutes < 60:  # noqa: PLR2004
        text = ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    elif minutes < 48 * 60:
        text = ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}
    else:
        text = ngettext("%(n)s day", "%(n)s days", minutes // 1440) % {"n": minutes // 1440}
    return (_("%(time)s left") if seconds >= 0 else _("%(time)s over")) % {"time": text}


@register.filter
def countdown(value: datetime | None, at: datetime) -> str:
    """Return how long until a moment, to the minute in the last two days: in 2 h 10 min; or how long it is past."""
    if value is None:
        return ""
    minutes = int(abs((value - at).total_seconds()) // 60)
    if not minutes and value <= at:
        return _("just now")
    days, hours, rest = minutes // 1440, minutes // 60, minutes % 60
    if hours >= 48:  # noqa: PLR2004
        text = _("%(days)s d %(hours)s h") % {"days": days, "hours": hours % 24}
    elif hours:
        text = _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}
    else:
        text = _("%(minutes)s min") % {"minutes": rest}
    return (_("in %(time)s") if value >= at else _("%(time)s ago")) % {"time": text}


@register.filter
def due_tone(value: datetime | None, at: datetime) -> str:
    """Return `is-late` for what has passed, `is-soon` within six hours, else nothing."""
    if value is None:
        return ""
    hours = (value - at).total_seconds() / 3600
    return "is-late" if hours < 0 else "is-soon" if hours < 6 else ""  # noqa: PLR2004


@register.filter
def flag_colour(value: Any) -> str:
    """Return the colour's English name for a flag's number or name."""
    if isinstance(value, int) or (isinstance(value, str) and value.isdecimal()):
        number = int(value)
        return FLAG_COLOURS[number] if 0 <= number < len(FLAG_COLOURS) else FLAG_COLOURS[0]
    return str(value) if value in FLAG_COLOURS else FLAG_COLOURS[0]


@register.filter
def initial(value: Any) -> str:
    """Return the first character of a name, for an avatar."""
    return str(value).strip()[:1].upper()


@register.filter
def nick(value: Any) -> str:
    """Return a buyer's nick with its middle hidden: t***5."""
    return mask_nick(str(value or ""))


@register.filter
def truth(value: Any) -> str:
    """Return yes or no."""
    return _("Yes") if value else _("No")


@register.tag
def icon(_parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """Draw an icon of the sprite: `{% icon "flag" %}`, `{% icon "flag" "is-red" %}`, `{% icon entry.icon %}`.

    Fixed names are put together once, so it costs nothing inside a loop.
    """
    _tag, name, *rest = token.split_contents()
    classes = rest[0].strip("\"'") if rest else ""
    if name[0] in "\"'":
        return FixedIcon(name.strip("\"'"), classes)
    return _NamedIcon(_parser.compile_filter(name), classes)


@lru_cache(maxsize=500)
def drawn_icon(name: str, classes: str = "") -> SafeString:
    """Return the markup of an icon; decoration, hidden from screen readers."""
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" width="20" height="20" stroke-width="2" aria-hidden="true">'
        '<use href="{}#{}"/></svg>',
        f" {classes}" if classes else "",
        static("icons.svg"),
        name,
    )


class FixedIcon(template.Node):
    """An icon whose name stands in the template."""

    def __init__(self, name: str, classes: str) -> None:
        self.name = name
        self.classes = classes
        self.markup: SafeString | None = None

    def render(self, context: template.Context) -> SafeString:  # noqa: ARG002 -- the base class's signature
        """Draw the icon, once for all pages."""
        if self.markup is None:
            self.markup = drawn_icon(self.name, self.classes)
        return self.markup

    def render_annotated(self, context: template.Context) -> SafeString:
        """Draw it without the debugger's frame: an icon cannot fail."""
        return self.render(context)


class _NamedIcon(template.Node):
    """An icon whose name is worked out."""

    def __init__(self, name: template.base.FilterExpression, classes: str) -> None:
        self.name = name
        self.classes = classes

    def render(self, context: template.Context) -> SafeString:
        name = self.name.resolve(context)
        return drawn_icon(escape(name), self.classes) if name else mark_safe("")
