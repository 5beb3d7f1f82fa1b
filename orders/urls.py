"""Addresses of orders, and their lines of the menu."""

from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from orders.queries.listed import found_orders
from orders.views import finance, order, rules, slips, tally, unmatched
from orders.views.chase_list import CHASE_LIST, chase_results_page
from orders.views.exception_list import EXCEPTION_LIST
from orders.views.finance import FINANCE
from orders.views.imports import (
    IMPORT_LIST,
    import_batch,
    import_progress,
    import_rejected,
    import_repetition,
    import_upload,
)
from orders.views.order_list import ORDER_LIST, merge_proposals
from orders.views.review import review_desk
from orders.views.slips import SLIP_LIST
from shopops.kit.lists import list_urls
from shopops.kit.navigation import Department, Entry, Finder, add_department, add_finder

app_name = "orders"
urlpatterns = [
    path("", include(list_urls(ORDER_LIST))),
    path("mergers/", merge_proposals, name="merge_proposals"),
    path("review/", review_desk, name="review_desk"),
    path("exceptions/", include(list_urls(EXCEPTION_LIST))),
    path("unpaid/results/", chase_results_page, name="chase_results"),
    path("unpaid/", include(list_urls(CHASE_LIST))),
    path("finance/", include(list_urls(FINANCE))),
    path("payment/<int:key>/", finance.payment, name="payment"),
    path("payment/<int:key>/answer/", finance.payment_answer, name="payment_answer"),
    path("slips/", include(list_urls(SLIP_LIST))),
    path("slips/new/", slips.slip_new, name="slip_new"),
    path("slip/<slug:number>/", slips.slip, name="slip"),
    path("slip/<slug:number>/taking/", slips.slip_taking, name="slip_taking"),
    path("slip/<slug:number>/loss/", slips.slip_loss, name="slip_loss"),
    path("slip/<slug:number>/print/", slips.slip_print, name="slip_print"),
    path("unmatched/", unmatched.unmatched, name="unmatched"),
    path("unmatched/<int:line_id>/", unmatched.unmatched_one, name="unmatched_one"),
    path("unmatched/<int:line_id>/matching/", unmatched.unmatched_matching, name="unmatched_matching"),
    path("unmatched/<int:line_id>/sku/", unmatched.unmatched_sku, name="unmatched_sku"),
    path("unmatched/names/<int:alias_id>/end/", unmatched.unmatched_forgetting, name="unmatched_forgetting"),
    path("tally/", tally.tally, name="tally"),
    path("tally/sheet/", tally.tally_sheet, name="tally_sheet"),
    path("rules/", rules.rules, name="rules"),
    path("rules/new/", rules.rule_new, name="rule_new"),
    path("rules/stop/", rules.rule_stop_all, name="rule_stop_all"),
    path("rules/trials/<int:run_id>/", rules.rule_trial, name="rule_trial"),
    path("rules/<int:rule_id>/", rules.rule, name="rule"),
    path("rules/<int:rule_id>/wording/", rules.rule_wording, name="rule_wording"),
    path("rules/<int:rule_id>/place/", rules.rule_place, name="rule_place"),
    path("rules/<int:rule_id>/mode/", rules.rule_mode, name="rule_mode"),
    path("rules/<int:rule_id>/stopping/", rules.rule_stopping, name="rule_stopping"),
    path("rules/<int:rule_id>/trial/", rules.rule_trial_of, name="rule_trial_of"),
    path("imports/", include(list_urls(IMPORT_LIST))),
    path("imports/upload/", import_upload, name="import_upload"),
    path("imports/<int:number>/", import_batch, name="import_batch"),
    path("imports/<int:number>/progress/", import_progress, name="import_progress"),
    path("imports/<int:number>/rejected/", import_rejected, name="import_rejected"),
    path("imports/<int:number>/repetition/", import_repetition, name="import_repetition"),
    path("order/<int:key>/", order.order, name="order"),
    path("order/<int:key>/personal/", order.order_personal, name="order_personal"),
    path("order/<int:key>/approval/", order.order_approval, name="order_approval"),
    path("order/<int:key>/hold/", order.order_hold, name="order_hold"),
    path("order/<int:key>/release/", order.order_release, name="order_release"),
    path("order/<int:key>/flag/", order.order_flag, name="order_flag"),
    path("order/<int:key>/tags/", order.order_tags, name="order_tags"),
    path("order/<int:key>/remark/", order.order_remark, name="order_remark"),
    path("order/<int:key>/carrier/", order.order_carrier, name="order_carrier"),
    path("order/<int:key>/address/", order.order_address, name="order_address"),
    path("order/<int:key>/platform_values/", order.order_platform_values, name="order_platform_values"),
    path("order/<int:key>/finance/", order.order_finance, name="order_finance"),
    path("order/<int:key>/exception/", order.order_exception, name="order_exception"),
    path(
        "order/<int:key>/exception/<slug:kind>/clearing/",
        order.order_exception_clearing,
        name="order_exception_clearing",
    ),
    path("order/<int:key>/screening/", order.order_screening, name="order_screening"),
    path("order/<int:key>/split/", order.order_split, name="order_split"),
    path("order/<int:key>/unsplitting/", order.order_unsplitting, name="order_unsplitting"),
    path("order/<int:key>/merger/", order.order_merger, name="order_merger"),
    path("order/<int:key>/unmerging/", order.order_unmerging, name="order_unmerging"),
    path("order/<int:key>/recall/", order.order_recall, name="order_recall"),
    path("order/<int:key>/closing/", order.order_closing, name="order_closing"),
    path("order/<int:key>/price/", order.order_price, name="order_price"),
    path("order/<int:key>/contact/", order.order_contact, name="order_contact"),
    path("order/<int:key>/line/<int:line_id>/matching/", order.order_line_matching, name="order_line_matching"),
]

add_department(
    Department(
        "orders",
        _("Orders"),
        place=20,
        entries=(
            Entry(
                "orders.review",
                _("Review"),
                "orders:review_desk",
                "orders.review_order",
                icon="clipboard-check",
                jump="r",
                waits="orders.review",
            ),
            Entry(
                "orders.orders",
                _("Orders"),
                "orders:order_list",
                "orders.view_order",
                icon="shopping-bag",
                jump="o",
                covers=("/orders/order/",),
            ),
            Entry(
                "orders.exceptions",
                _("Exceptions"),
                "orders:exception_list",
                "orders.view_orderexception",
                icon="triangle-alert",
                jump="e",
                waits="orders.exceptions",
            ),
            Entry(
                "orders.unpaid",
                _("Unpaid orders"),
                "orders:chase_list",
                "orders.chase_payment",
                icon="phone",
                waits="orders.unpaid",
            ),
            Entry(
                "orders.unmatched",
                _("Unmatched goods"),
                "orders:unmatched",
                "orders.match_goods",
                icon="package-search",
                waits="orders.unmatched",
            ),
            Entry(
                "orders.finance",
                _("Finance desk"),
                "orders:finance",
                "orders.confirm_payment",
                icon="wallet",
                waits="orders.finance",
                covers=("/orders/payment/",),
            ),
            Entry(
                "orders.slips",
                _("Payment slips"),
                "orders:slips",
                "orders.view_paymentslip",
                icon="receipt-text",
                waits="orders.slips",
                covers=("/orders/slip/",),
            ),
            Entry("orders.imports", _("Imports"), "orders:imports", "orders.import_orders", icon="file-up", jump="i"),
            Entry("orders.tally", _("Month-end tally"), "orders:tally", "orders.view_order", icon="calendar-check"),
            Entry("orders.rules", _("Review rules"), "orders:rules", "orders.manage_rules", icon="workflow"),
        ),
    )
)
add_finder(Finder("orders.orders", _("Orders"), "orders.view_order", find=found_orders, place=10))
