"""Addresses of staff, and its lines of the menu."""

from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from shopops.kit.lists import list_urls
from shopops.kit.navigation import Department, Entry, add_department
from staff.urls import duty
from staff.views.appeals import (
    APPEALS_PAGE,
    VERDICTS_PAGE,
    appeal,
    appeal_acceptance,
    appeal_answer,
    appeal_opinion,
    appeal_panel,
    appeal_withdrawal,
    offence_appeal,
)
from staff.views.appraisal_cycles import (
    cycle,
    cycle_audit,
    cycle_lock,
    cycle_opening,
    cycle_papers,
    cycle_publication,
    cycle_reckoning,
    cycle_reopening,
    cycle_sheet,
    cycles,
)
from staff.views.appraisal_setup import appraisal_setup, pay_revealing, pay_terms, person_pay, post_weights
from staff.views.appraisals import (
    APPRAISALS_PAGE,
    amounts,
    appraisal,
    appraisal_score,
    my_appraisals,
    objection,
    objection_answer,
    paper,
    person_appraisals,
    printing,
    returning,
    self_review,
    signature,
    superior,
)
from staff.views.cases import (
    CASES_PAGE,
    case,
    case_confirmation,
    case_files,
    case_new,
    case_rejection,
    case_terms,
    case_withdrawal,
)
from staff.views.drafts import (
    DRAFTS_PAGE,
    draft,
    draft_forward,
    draft_new,
    draft_publication,
    draft_removal,
    draft_shadow,
    draft_tunnel,
    draft_wording,
)
from staff.views.evidence import evidence_file
from staff.views.excuses import (
    EXCUSES_PAGE,
    excuse,
    excuse_confirmation,
    excuse_new,
    excuse_refusal,
    offence_excuse,
)
from staff.views.health import healthz
from staff.views.history import EVENTS_PAGE
from staff.views.home import home
from staff.views.incidents import case_incident, case_incidents
from staff.views.jobs import JOBS_PAGE, job, job_file, job_progress, job_retrial
from staff.views.kpi import kpi, kpi_facts, kpi_reading
from staff.views.kpi_board import kpi_board, kpi_days, kpi_person, kpi_unit
from staff.views.kpi_forms import indicator, indicator_bounds, indicators, kpi_score, kpi_scores
from staff.views.kpi_wall import kpi_wall, kpi_wall_figures
from staff.views.language import language
from staff.views.login import login, logout
from staff.views.me import me, my_figure, person_figure, person_me
from staff.views.notifications import notifications, reading
from staff.views.offences import offence, offence_waiver
from staff.views.password import password
from staff.views.people import PEOPLE_PAGE, person, profile
from staff.views.permissions import permissions, permissions_sheet
from staff.views.plans import PLANS_PAGE, plan, plan_approval, plan_filing, plan_new, plan_return
from staff.views.points import fund, month_points, my_points, person_points
from staff.views.radar import RADAR_PAGE, radar_check
from staff.views.reports import report, report_file, report_making, reports
from staff.views.rulebook import RULEBOOK_PAGE, clause, whole_rulebook
from staff.views.settings import setting, setting_value, settings
from staff.views.shell import pulse, putting_away, search
from staff.views.trials import (
    TRIALS_PAGE,
    trial,
    trial_approval,
    trial_discard,
    trial_new,
    trial_person,
    trial_progress,
)

app_name = "staff"
urlpatterns = [
    *duty.PATHS,
    path("healthz", healthz, name="healthz"),
    path("", home, name="home"),
    path("login/", login, name="login"),
    path("logout/", logout, name="logout"),
    path("language/", language, name="language"),
    path("pulse/", pulse, name="pulse"),
    path("search/", search, name="search"),
    path("notifications/", notifications, name="notifications"),
    path("notifications/reading/", reading, name="reading"),
    path("jobs/", include(list_urls(JOBS_PAGE))),
    path("jobs/<int:number>/", job, name="job"),
    path("jobs/<int:number>/progress/", job_progress, name="job_progress"),
    path("jobs/<int:number>/retrial/", job_retrial, name="job_retrial"),
    path("jobs/<int:number>/file/", job_file, name="job_file"),
    path("people/", include(list_urls(PEOPLE_PAGE))),
    path("people/<int:number>/", person, name="person"),
    path("people/permissions/", permissions, name="permissions"),
    path("people/permissions/sheet/", permissions_sheet, name="permissions_sheet"),
    path("profile/", profile, name="profile"),
    path("profile/password/", password, name="password"),
    path("settings/", settings, name="settings"),
    path("settings/<str:name>/", setting, name="setting"),
    path("settings/<str:name>/value/", setting_value, name="setting_value"),
    path("trail/", include(list_urls(EVENTS_PAGE))),
    path("tray/<int:run_id>/putting-away/", putting_away, name="putting_away"),
    path("kpi/", kpi, name="kpi"),
    path("kpi/reading/", kpi_reading, name="kpi_reading"),
    path("kpi/board/", kpi_board, name="kpi_board"),
    path("kpi/board/<slug:code>/", kpi_unit, name="kpi_unit"),
    path("kpi/people/<int:number>/", kpi_person, name="kpi_person"),
    path("kpi/wall/", kpi_wall, name="kpi_wall"),
    path("kpi/wall/figures/", kpi_wall_figures, name="kpi_wall_figures"),
    path("kpi/indicators/", indicators, name="indicators"),
    path("kpi/indicators/<str:number>/", indicator, name="indicator"),
    path("kpi/indicators/<str:number>/bounds/", indicator_bounds, name="indicator_bounds"),
    path("kpi/scores/", kpi_scores, name="kpi_scores"),
    path("kpi/scores/score/", kpi_score, name="kpi_score"),
    path("kpi/<str:name>/", kpi_facts, name="kpi_facts"),
    path("kpi/<str:name>/days/", kpi_days, name="kpi_days"),
    path("points/", my_points, name="my_points"),
    path("points/all/", month_points, name="points"),
    path("points/people/<int:number>/", person_points, name="person_points"),
    path("points/offences/<int:number>/", offence, name="offence"),
    path("points/offences/<int:number>/waiver/", offence_waiver, name="offence_waiver"),
    path("points/offences/<int:number>/appeal/", offence_appeal, name="offence_appeal"),
    path("points/offences/<int:number>/excuse/", offence_excuse, name="offence_excuse"),
    path("points/fund/", fund, name="fund"),
    path("cases/", include(list_urls(CASES_PAGE))),
    path("cases/new/", case_new, name="case_new"),
    path("cases/new/terms/", case_terms, name="case_terms"),
    path("cases/new/incidents/", case_incidents, name="case_incidents"),
    path("cases/<int:number>/incident/", case_incident, name="case_incident"),
    path("cases/<int:number>/", case, name="case"),
    path("cases/<int:number>/confirmation/", case_confirmation, name="case_confirmation"),
    path("cases/<int:number>/rejection/", case_rejection, name="case_rejection"),
    path("cases/<int:number>/withdrawal/", case_withdrawal, name="case_withdrawal"),
    path("cases/<int:number>/files/", case_files, name="case_files"),
    path("evidence/<int:number>/", evidence_file, name="evidence_file"),
    path("appeals/", include(list_urls(APPEALS_PAGE))),
    path("appeals/verdicts/", include(list_urls(VERDICTS_PAGE))),
    path("appeals/<int:number>/", appeal, name="appeal"),
    path("appeals/<int:number>/answer/", appeal_answer, name="appeal_answer"),
    path("appeals/<int:number>/opinion/", appeal_opinion, name="appeal_opinion"),
    path("appeals/<int:number>/acceptance/", appeal_acceptance, name="appeal_acceptance"),
    path("appeals/<int:number>/panel/", appeal_panel, name="appeal_panel"),
    path("appeals/<int:number>/withdrawal/", appeal_withdrawal, name="appeal_withdrawal"),
    path("excuses/", include(list_urls(EXCUSES_PAGE))),
    path("excuses/new/", excuse_new, name="excuse_new"),
    path("excuses/<int:number>/", excuse, name="excuse"),
    path("excuses/<int:number>/confirmation/", excuse_confirmation, name="excuse_confirmation"),
    path("excuses/<int:number>/refusal/", excuse_refusal, name="excuse_refusal"),
    path("rulebook/", include(list_urls(RULEBOOK_PAGE))),
    path("rulebook/whole/", whole_rulebook, name="whole_rulebook"),
    path("rulebook/drafts/", include(list_urls(DRAFTS_PAGE))),
    path("rulebook/drafts/<int:number>/", draft, name="draft"),
    path("rulebook/drafts/<int:number>/wording/", draft_wording, name="draft_wording"),
    path("rulebook/drafts/<int:number>/forward/", draft_forward, name="draft_forward"),
    path("rulebook/drafts/<int:number>/tunnel/", draft_tunnel, name="draft_tunnel"),
    path("rulebook/drafts/<int:number>/shadow/", draft_shadow, name="draft_shadow"),
    path("rulebook/drafts/<int:number>/publication/", draft_publication, name="draft_publication"),
    path("rulebook/drafts/<int:number>/removal/", draft_removal, name="draft_removal"),
    path("rulebook/<str:number>/", clause, name="clause"),
    path("rulebook/<str:number>/draft/", draft_new, name="draft_new"),
    path("trials/", include(list_urls(TRIALS_PAGE))),
    path("trials/new/", trial_new, name="trial_new"),
    path("trials/<int:number>/", trial, name="trial"),
    path("trials/<int:number>/progress/", trial_progress, name="trial_progress"),
    path("trials/<int:number>/people/<int:employee>/", trial_person, name="trial_person"),
    path("trials/<int:number>/approval/", trial_approval, name="trial_approval"),
    path("trials/<int:number>/discard/", trial_discard, name="trial_discard"),
    path("me/", me, name="me"),
    path("me/figures/<str:name>/", my_figure, name="my_figure"),
    path("people/<int:number>/standing/", person_me, name="person_me"),
    path("people/<int:number>/figures/<str:name>/", person_figure, name="person_figure"),
    path("radar/", include(list_urls(RADAR_PAGE))),
    path("radar/check/", radar_check, name="radar_check"),
    path("plans/", include(list_urls(PLANS_PAGE))),
    path("plans/new/", plan_new, name="plan_new"),
    path("plans/<int:number>/", plan, name="plan"),
    path("plans/<int:number>/filing/", plan_filing, name="plan_filing"),
    path("plans/<int:number>/approval/", plan_approval, name="plan_approval"),
    path("plans/<int:number>/return/", plan_return, name="plan_return"),
    path("appraisals/", include(list_urls(APPRAISALS_PAGE))),
    path("appraisals/<int:number>/", appraisal, name="appraisal"),
    path("appraisals/<int:number>/self-review/", self_review, name="self_review"),
    path("appraisals/<int:number>/score/", appraisal_score, name="appraisal_score"),
    path("appraisals/<int:number>/return/", returning, name="appraisal_return"),
    path("appraisals/<int:number>/superior/", superior, name="appraisal_superior"),
    path("appraisals/<int:number>/signature/", signature, name="appraisal_signature"),
    path("appraisals/<int:number>/objection/", objection, name="appraisal_objection"),
    path("appraisals/<int:number>/answer/", objection_answer, name="appraisal_answer"),
    path("appraisals/<int:number>/amounts/", amounts, name="appraisal_amounts"),
    path("appraisals/<int:number>/paper/", paper, name="appraisal_paper"),
    path("appraisals/<int:number>/printing/", printing, name="appraisal_printing"),
    path("appraisals/mine/", my_appraisals, name="my_appraisals"),
    path("appraisals/people/<int:number>/", person_appraisals, name="person_appraisals"),
    path("appraisals/months/", cycles, name="cycles"),
    path("appraisals/months/opening/", cycle_opening, name="cycle_opening"),
    path("appraisals/months/<int:number>/", cycle, name="cycle"),
    path("appraisals/months/<int:number>/reckoning/", cycle_reckoning, name="cycle_reckoning"),
    path("appraisals/months/<int:number>/audit/", cycle_audit, name="cycle_audit"),
    path("appraisals/months/<int:number>/reopening/", cycle_reopening, name="cycle_reopening"),
    path("appraisals/months/<int:number>/publication/", cycle_publication, name="cycle_publication"),
    path("appraisals/months/<int:number>/lock/", cycle_lock, name="cycle_lock"),
    path("appraisals/months/<int:number>/papers/", cycle_papers, name="cycle_papers"),
    path("appraisals/months/<int:number>/sheet/", cycle_sheet, name="cycle_sheet"),
    path("appraisals/setup/", appraisal_setup, name="appraisal_setup"),
    path("appraisals/setup/<slug:code>/", post_weights, name="post_weights"),
    path("appraisals/pay/", pay_terms, name="pay_terms"),
    path("appraisals/pay/revealing/", pay_revealing, name="pay_revealing"),
    path("appraisals/pay/<int:number>/", person_pay, name="person_pay"),
    path("reports/", reports, name="reports"),
    path("reports/making/", report_making, name="report_making"),
    path("reports/<str:number>/", report, name="report"),
    path("reports/<str:number>/<str:kind>/", report_file, name="report_file"),
]

add_department(
    Department(
        "staff.mine",
        "",
        place=0,
        entries=(
            Entry("staff.home", _("My work"), "staff:home", "", icon="layout-dashboard", jump="h"),
            Entry("staff.me", _("How I stand"), "staff:me", "", icon="chart-line", jump="m"),
            Entry("staff.radar", _("Radar"), "staff:radar", "", icon="alarm-clock", jump="a", waits="staff.radar"),
            Entry("staff.jobs", _("Files and jobs"), "staff:jobs", "", icon="folder", jump="f"),
        ),
    )
)
add_department(
    Department(
        "staff.house",
        _("Management"),
        place=90,
        entries=(
            Entry("staff.people", _("People"), "staff:people", "staff.view_employee", icon="users"),
            Entry("staff.roles", _("Who may do what"), "staff:permissions", "staff.view_role", icon="shield-check"),
            Entry("staff.settings", _("Settings"), "staff:settings", "staff.view_settingvalue", icon="settings"),
            Entry("staff.events", _("Trail"), "staff:events", "staff.view_event", icon="history"),
            Entry("staff.admin", _("Admin site"), "admin:index", "staff.open_admin", icon="wrench"),
        ),
    )
)
add_department(
    Department(
        "staff.figures",
        _("Figures and reports"),
        place=80,
        entries=(
            Entry("staff.kpi", _("Daily KPI"), "staff:kpi", "staff.view_metricreading", icon="chart-column", jump="k"),
            Entry(
                "staff.kpi_board",
                _("KPI board"),
                "staff:kpi_board",
                "staff.view_metricreading",
                icon="gauge",
                covers=("/kpi/people/",),
            ),
            Entry("staff.indicators", _("Indicators"), "staff:indicators", "staff.view_kpi", icon="target"),
            Entry(
                "staff.kpi_scores",
                _("Score indicators"),
                "staff:kpi_scores",
                "staff.score_kpi",
                icon="clipboard-check",
                waits="staff.kpi_scores",
            ),
            Entry("staff.reports", _("Daily reports"), "staff:reports", "staff.view_reportsnapshot", icon="file-down"),
        ),
    )
)
add_department(
    Department(
        "staff.rules",
        _("Rules and points"),
        place=82,
        entries=(
            Entry("staff.my_points", _("My points"), "staff:my_points", "", icon="scale", jump="p"),
            Entry("staff.appeals", _("Appeals"), "staff:appeals", "", icon="message-square"),
            Entry("staff.cases", _("Reported cases"), "staff:cases", "staff.view_casereport", icon="flag"),
            Entry("staff.excuses", _("Excuses"), "staff:excuses", "staff.view_excuse", icon="handshake"),
            Entry("staff.verdicts", _("Verdicts"), "staff:verdicts", "", icon="scroll-text"),
            Entry("staff.points", _("Points of everybody"), "staff:points", "staff.view_pointentry", icon="gavel"),
            Entry("staff.rulebook", _("Rulebook"), "staff:rulebook", "", icon="book-open", jump="b"),
            Entry("staff.drafts", _("Drafts of clauses"), "staff:drafts", "staff.draft_clause", icon="square-pen"),
            Entry("staff.trials", _("Replays and trials"), "staff:trials", "staff.view_trial", icon="rotate-ccw"),
        ),
    )
)
add_department(
    Department(
        "staff.appraisal",
        _("Appraisal"),
        place=85,
        entries=(
            Entry("staff.appraisals", _("Appraisals"), "staff:appraisals", "", icon="clipboard-check", jump="q"),
            Entry("staff.plans", _("Plans of the year"), "staff:plans", "", icon="target", waits="staff.year_plans"),
            Entry(
                "staff.cycles",
                _("Close of the month"),
                "staff:cycles",
                "staff.view_appraisalcycle",
                icon="calendar-check",
            ),
            Entry(
                "staff.appraisal_setup",
                _("Weights and grades"),
                "staff:appraisal_setup",
                "staff.view_appraisalweight",
                icon="scale",
            ),
            Entry("staff.pay_terms", _("Pay terms"), "staff:pay_terms", "staff.view_payterms", icon="wallet"),
        ),
    )
)
