"""Addresses of rosters, leave, handovers, problems, meetings and work reports, and their lines of the menu."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _

from shopops.kit.lists import list_urls
from shopops.kit.navigation import Department, Entry, add_department
from staff.views.attendance import ATTENDANCE_PAGE, attendance_correction, attendance_page
from staff.views.duty import (
    DUTIES_PAGE,
    duty,
    duty_cancelling,
    duty_planning,
    duty_shift,
)
from staff.views.handovers import (
    HANDOVERS_PAGE,
    handover,
    handover_acceptance,
    handover_decision,
    handover_new,
    handover_offer,
    handover_reading,
    handover_rest,
)
from staff.views.leave import LEAVES_PAGE, leave, leave_approval, leave_new, leave_refusal, leave_withdrawal
from staff.views.meetings import (
    MEETINGS_PAGE,
    meeting,
    meeting_attendance,
    meeting_minutes,
    meeting_new,
)
from staff.views.presence import presence, presence_check, presence_status
from staff.views.problems import (
    PROBLEMS_PAGE,
    problem,
    problem_confirmation,
    problem_new,
    problem_reopening,
    problem_solution,
    problem_withdrawal,
)
from staff.views.roster import my_roster, roster, roster_copy, roster_plan, roster_preview, roster_publication
from staff.views.swaps import (
    SWAPS_PAGE,
    swap,
    swap_agreement,
    swap_approval,
    swap_asking,
    swap_refusal,
    swap_withdrawal,
)
from staff.views.work_reports import (
    WORK_REPORTS_PAGE,
    duty_report,
    my_reports,
    work_report,
    work_report_new,
    work_report_reading,
)

PATHS: list[URLPattern | URLResolver] = [
    path("roster/", roster, name="roster"),
    path("roster/mine/", my_roster, name="my_roster"),
    path("roster/plan/", roster_plan, name="roster_plan"),
    path("roster/preview/", roster_preview, name="roster_preview"),
    path("roster/copy/", roster_copy, name="roster_copy"),
    path("roster/publication/", roster_publication, name="roster_publication"),
    path("roster/duties/", include(list_urls(DUTIES_PAGE))),
    path("roster/duties/planning/", duty_planning, name="duty_planning"),
    path("roster/duties/<int:number>/", duty, name="duty"),
    path("roster/duties/<int:number>/cancelling/", duty_cancelling, name="duty_cancelling"),
    path("roster/duties/<int:number>/report/<slug:kind>/", duty_report, name="duty_report"),
    path("roster/duties/<int:number>/shift/", duty_shift, name="duty_shift"),
    path("roster/duties/<int:number>/swap/", swap_asking, name="swap_asking"),
    path("roster/swaps/", include(list_urls(SWAPS_PAGE))),
    path("roster/swaps/<int:number>/", swap, name="swap"),
    path("roster/swaps/<int:number>/agreement/", swap_agreement, name="swap_agreement"),
    path("roster/swaps/<int:number>/approval/", swap_approval, name="swap_approval"),
    path("roster/swaps/<int:number>/refusal/", swap_refusal, name="swap_refusal"),
    path("roster/swaps/<int:number>/withdrawal/", swap_withdrawal, name="swap_withdrawal"),
    path("leave/", include(list_urls(LEAVES_PAGE))),
    path("leave/new/", leave_new, name="leave_new"),
    path("leave/<int:number>/", leave, name="leave"),
    path("leave/<int:number>/approval/", leave_approval, name="leave_approval"),
    path("leave/<int:number>/refusal/", leave_refusal, name="leave_refusal"),
    path("leave/<int:number>/withdrawal/", leave_withdrawal, name="leave_withdrawal"),
    path("presence/", presence, name="presence"),
    path("presence/status/", presence_status, name="presence_status"),
    path("presence/checks/", presence_check, name="presence_check"),
    path("attendance/", include(list_urls(ATTENDANCE_PAGE))),
    path("attendance/<int:number>/", attendance_page, name="attendance_page"),
    path("attendance/<int:number>/correction/", attendance_correction, name="attendance_correction"),
    path("handovers/", include(list_urls(HANDOVERS_PAGE))),
    path("handovers/new/", handover_new, name="handover_new"),
    path("handovers/<int:number>/", handover, name="handover"),
    path("handovers/<int:number>/items/<int:item>/decision/", handover_decision, name="handover_decision"),
    path("handovers/<int:number>/rest/", handover_rest, name="handover_rest"),
    path("handovers/<int:number>/offer/", handover_offer, name="handover_offer"),
    path("handovers/<int:number>/reading/", handover_reading, name="handover_reading"),
    path("handovers/<int:number>/acceptance/", handover_acceptance, name="handover_acceptance"),
    path("problems/", include(list_urls(PROBLEMS_PAGE))),
    path("problems/new/", problem_new, name="problem_new"),
    path("problems/<str:number>/", problem, name="problem"),
    path("problems/<str:number>/solution/", problem_solution, name="problem_solution"),
    path("problems/<str:number>/confirmation/", problem_confirmation, name="problem_confirmation"),
    path("problems/<str:number>/reopening/", problem_reopening, name="problem_reopening"),
    path("problems/<str:number>/withdrawal/", problem_withdrawal, name="problem_withdrawal"),
    path("meetings/", include(list_urls(MEETINGS_PAGE))),
    path("meetings/new/", meeting_new, name="meeting_new"),
    path("meetings/<int:number>/", meeting, name="meeting"),
    path("meetings/<int:number>/attendance/", meeting_attendance, name="meeting_attendance"),
    path("meetings/<int:number>/minutes/", meeting_minutes, name="meeting_minutes"),
    path("work-reports/", include(list_urls(WORK_REPORTS_PAGE))),
    path("work-reports/mine/", my_reports, name="my_reports"),
    path("work-reports/new/", work_report_new, name="work_report_new"),
    path("work-reports/<int:number>/", work_report, name="work_report"),
    path("work-reports/<int:number>/reading/", work_report_reading, name="work_report_reading"),
]

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "staff.roster",
        _("Roster"),
        "staff:roster",
        "",
        icon="calendar-days",
        covers=("/roster/duties/", "/roster/mine/", "/roster/preview/"),
    ),
    Entry("staff.swaps", _("Swaps"), "staff:swaps", "", icon="arrow-left-right", waits="staff.swaps_to_answer"),
    Entry("staff.leave", _("Leave"), "staff:leaves", "", icon="calendar-check", waits="staff.leave_to_decide"),
    Entry("staff.presence", _("Presence"), "staff:presence", "", icon="activity"),
    Entry("staff.attendance", _("Attendance"), "staff:attendance", "", icon="user-check"),
    Entry(
        "staff.handovers",
        _("Handover book"),
        "staff:handovers",
        "",
        icon="handshake",
        waits="staff.handovers_to_accept",
    ),
    Entry("staff.problems", _("Problems raised"), "staff:problems", "", icon="flag", waits="staff.problems_to_solve"),
    Entry("staff.meetings", _("Meetings"), "staff:meetings", "", icon="users", waits="staff.lists_to_close"),
    Entry(
        "staff.my_reports",
        _("My reports"),
        "staff:my_reports",
        "",
        icon="square-pen",
        waits="staff.reports_due",
    ),
    Entry(
        "staff.work_reports",
        _("Reports of my people"),
        "staff:work_reports",
        "staff.read_reports",
        icon="scroll-text",
        waits="staff.reports_to_read",
    ),
)

add_department(Department("duty", _("Shifts and handovers"), place=70, entries=ENTRIES))
