"""The admin site of staff: reference data, edited by managers; every change also leaves an event."""

from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from staff.admin.appraisal import GradeBandAdmin
from staff.admin.calendar import CalendarDayAdmin
from staff.admin.duty import RosterPatternAdmin, ShiftAdmin
from staff.admin.organisation import OrgUnitAdmin, PositionAdmin, ShopAdmin, SubAccountAdmin
from staff.admin.people import EmployeeAdmin
from staff.models import (
    CalendarDay,
    Employee,
    GradeBand,
    OrgUnit,
    Position,
    RosterPattern,
    Shift,
    Shop,
    SubAccount,
)

admin.site.site_header = _("ShopOps")
admin.site.site_title = _("ShopOps")
admin.site.index_title = _("Admin site")
admin.site.enable_nav_sidebar = True
admin.site.empty_value_display = "–"

admin.site.unregister(Group)  # a role is a post, and is edited there
admin.site.register(Employee, EmployeeAdmin)
admin.site.register(OrgUnit, OrgUnitAdmin)
admin.site.register(Position, PositionAdmin)
admin.site.register(Shop, ShopAdmin)
admin.site.register(SubAccount, SubAccountAdmin)
admin.site.register(CalendarDay, CalendarDayAdmin)
admin.site.register(GradeBand, GradeBandAdmin)
admin.site.register(Shift, ShiftAdmin)
admin.site.register(RosterPattern, RosterPatternAdmin)
