"""List pages: declared once by a department, served by one view.

A list page has tabs with counts, filters kept in the URL, saved views, sortable columns, pages that stay fast at a
million rows, a batch bar with preview and per-row results, and an export of exactly the filter. A department says
*what* its list shows; how a list behaves is said here, once.

An example, whole (`docs/recipes/a-list-page.md` walks through it)::

    # orders/filters.py
    class OrderFilters(ListFilters):
        number = NumbersFilter(field_name="number", label=_("Order numbers"), first=True)
        shop = AnyOfFilter(field_name="shop_id", choices=shop_choices, label=_("Shop"), first=True)
        paid = DaysFilter(field_name="paid_at", label=_("Paid"), first=True)
        amount = RangeFilter(field_name="amount", label=_("Amount"))
        receiver = WordsFilter(field_name="receiver_name", label=_("Receiver"))
        flagged = AnyOfFilter(field_name="flag", choices=Flag.choices, label=_("Flag"), flags=True)

    # orders/views/order_list.py
    ORDER_LIST = ListPage(
        name="orders.order_list",                 # department first; also the URL name "orders:order_list"
        title=_("Orders"),
        permission="orders.view_order",
        rows=queries.listed_orders,               # (reader) -> QuerySet: what this person may see at all
        values=("number", "state", "amount", "paid_at", "buyer_nick"),   # columns or annotations read from it
        finish=queries.add_lines,                 # (rows, reader) -> None: put further keys on the page's rows, in bulk
        cells="orders/order_list/cells.html",     # one file, one part a column (see Column)
        columns=(
            Column("goods", _("Goods"), card="full"),
            Column("number", _("Order number"), fixed=True, card="full"),
            Column("amount", _("Paid amount"), sort="amount", end=True, card="right"),
            Column("state", _("State"), card="left"),
            Column("paid_at", _("Paid at"), sort="paid"),
            Column("margin", _("Margin"), end=True, shown=False, permission="orders.view_margin"),
        ),
        tabs=(
            Tab("review", _("To review"), Q(state="review")),
            Tab("short", _("Out of stock"), Q(state="review", short=True), tone="danger"),
            Tab("mine", _("Mine"), lambda reader: Q(reviewer=reader.by)),
            Tab("all", _("All")),
        ),
        sorts=(Sort("paid", "paid_at", _("Paid at")), Sort("amount", "amount", _("Paid amount"))),
        filters=OrderFilters,
        search=queries.matching,                  # (text) -> Q, for the box in the page's head
        opens="orders:order", opens_by="number",  # a click on the row opens this URL in the drawer
        batch=(
            BatchAction("approval", _("Approve"), run=approve_many, skips=not_approvable, icon="check",
                        permission="orders.review_order", tone="primary"),
            BatchAction("hold", _("Hold"), run=hold_many, form=HoldForm, permission="orders.review_order"),
        ),
        export=Export(permission="orders.export_order", columns=(
            ExportColumn(_("Order number"), "number"),
            ExportColumn(_("Paid amount"), "amount", kind="money"),
            ExportColumn(_("Goods"), lambda row: "；".join(line["title"] for line in row["lines"])),
        )),
        empty=Empty(_("Nothing to review."), _("New orders appear here after an import."),
                    _("Import orders"), "orders:imports"),
    )

    # orders/urls.py
    path("orders/", include(list_urls(ORDER_LIST))),

    # templates/orders/order_list/cells.html -- `row` is a dict with the keys of `values` and what `finish` put there,
    # and besides `row.link` (the URL of `opens`). No cotton components and no includes in here: it runs once a row.
    {# column: number #}<a href="{{ row.link }}" data-opens>{{ row.number }}</a><small>{{ row.buyer_nick }}</small>
    {# column: amount #}<b>{{ row.amount|money }}</b>
    {# column: state #}<span class="pill is-{{ row.tone }}">{{ row.state_label }}</span>

    # a batch action's function: does what it can, returns why the others were refused
    def approve_many(ids, *, by, at) -> Mapping[int, str]:
        return one_by_one(Order.objects.filter(pk__in=ids), lambda order: approve_order(order, by=by, at=at))

A page with a layout of its own (the review desk) sets `template=` to one that extends `lists/page.html` and fills its
blocks, gives `context=` for what else that template shows, or calls `read_list` in a view of its own.
"""

from shopops.kit.lists.batches import one_by_one
from shopops.kit.lists.declarations import (
    BatchAction,
    Column,
    Empty,
    Export,
    ExportColumn,
    ListPage,
    Reader,
    Refusals,
    Row,
    Sort,
    Tab,
)
from shopops.kit.lists.filters import (
    AnyOfFilter,
    DaysFilter,
    ExactFilter,
    ListFilters,
    NumbersFilter,
    OneOfFilter,
    RangeFilter,
    WordsFilter,
    YesNoFilter,
)
from shopops.kit.lists.reading import Shown, read_list
from shopops.kit.lists.views import list_urls, list_view

__all__ = [
    "AnyOfFilter",
    "BatchAction",
    "Column",
    "DaysFilter",
    "Empty",
    "ExactFilter",
    "Export",
    "ExportColumn",
    "ListFilters",
    "ListPage",
    "NumbersFilter",
    "OneOfFilter",
    "RangeFilter",
    "Reader",
    "Refusals",
    "Row",
    "Shown",
    "Sort",
    "Tab",
    "WordsFilter",
    "YesNoFilter",
    "list_urls",
    "list_view",
    "one_by_one",
    "read_list",
]
