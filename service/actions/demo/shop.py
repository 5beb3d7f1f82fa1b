"""The demo shop, whole: people, goods, two months of orders and what became of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from io import StringIO
from random import Random

from django.core.management import call_command
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.models import Sku
from orders.actions.screening import screen_orders
from orders.models import ImportBatch, Order
from orders.states import UNREVIEWED
from service.actions.demo.aftersales import make_after_sales
from service.actions.demo.agents_day import make_agents_day
from service.actions.demo.appraisals import make_appraisals
from service.actions.demo.cases import make_cases
from service.actions.demo.complaints import make_complaints
from service.actions.demo.dispatch import Crew, Dispatch, dispatch, write_dispatch
from service.actions.demo.drafts import make_drafts
from service.actions.demo.duty import make_duty
from service.actions.demo.files import close_imports, open_imports
from service.actions.demo.goods import make_goods, make_shops
from service.actions.demo.handovers import make_handovers
from service.actions.demo.history import write_history
from service.actions.demo.inspections import make_inspections
from service.actions.demo.kpi import make_imports, make_scores, report_time
from service.actions.demo.plans import make_plans
from service.actions.demo.questions import ask_finance_of, forget_goods
from service.actions.demo.radar import make_radar
from service.actions.demo.rules import make_rules
from service.actions.demo.sales import make_sales, write_sales
from service.actions.demo.stock import make_stock
from service.actions.demo.troubles import write_troubles
from shopops.kit.clock import shop_day, start_of_day
from shopops.kit.refusals import Refused
from staff.actions.kpi import load_kpis
from staff.actions.metrics import read_metrics
from staff.actions.people import make_demo_people
from staff.actions.reports import take_daily_snapshot
from staff.actions.rulebook import load_rulebook
from staff.actions.tally import tally_day
from staff.models import Employee
from warehouse.models import Carrier, Warehouse

Say = Callable[[str], None]
REPORTED_DAYS = 15
"""So many days back the daily report was made each morning."""


@dataclass
class Made:
    """What was made, counted."""

    orders: int = 0
    notes: int = 0
    parcels: int = 0
    events: int = 0
    offences: int = 0
    to_review: int = 0

    def as_dict(self) -> dict[str, int]:
        """Return the counts."""
        return asdict(self)


@transaction.atomic
def make_demo_shop(*, orders: int, days: int, seed: int, at: datetime, say: Say = lambda _line: None) -> Made:
    """Fill an empty system with a shop as it might be at `at`: the same numbers give the same shop.

    :param days: how many days back the first order was placed.
    :raises Refused: if there are orders already; real data is never mixed with made-up data.
    """
    if Order.objects.exists():
        raise Refused(_("There are orders already. The demo shop is only made in an empty system."))
    random = Random(seed)  # noqa: S311 -- made-up data wants repeatable chance
    made = Made()
    _open_house(at)
    say("people, roles, carriers, rulebook")
    done = _trade(orders=orders, days=days, at=at, random=random, made=made)
    say(f"{made.orders} orders, {made.notes} dispatch notes, {made.parcels} parcels")
    made.events = write_history(done, ImportBatch.objects.order_by("pk"))
    open_orders = list(Order.objects.filter(state__in=UNREVIEWED).values_list("pk", flat=True))
    forget_goods(open_orders)
    screen_orders(open_orders, at=at)
    asked = ask_finance_of(asker=_holders("STF-073")[0], finance=_holders("STF-092")[0], at=at)
    made.to_review = len(open_orders)
    say(f"{made.to_review} orders to review, screened; finance is asked about {asked}")
    say(f"{_after_sales(at)} after-sale cases")
    make_imports(days=days, by=_holders("STF-050")[0], at=at)
    say(f"{make_duty(days=days, at=at)['duties']} duties on the roster")
    say(f"{make_agents_day(at=at)['conversations']} conversations with buyers")
    say(f"{make_inspections(inspector=_holders('STF-073')[0], at=at)} conversations drawn for inspection")
    say(f"{_complaints(at)} complaints, reviews, messages of care, documents and slips")
    _judge(days=days, at=at, made=made)
    say(f"{made.offences} offences found and booked")
    say(f"{make_cases(at=at)} reported cases and appeals")
    _measure(days=days, at=at)
    make_drafts(days=days, at=at)
    say(f"{make_radar(at=at)} seen coming by the radar")
    say(f"{make_appraisals(at=at, random=random)} appraisals")
    say(f"{make_scores(at=at)} more scores on forms")
    say(f"{make_plans(at=at)} plans of the year")
    say(f"{make_handovers(at=at)} open things in handovers")
    return made


def _complaints(at: datetime) -> int:
    """Make complaints and what belongs to buyers; the heads of service and finance are the second persons."""
    lead = _holders("STF-073")[0]
    agents = [one for one in _holders("STF-074", "STF-075", "STF-076", "STF-077") if one != lead]
    return make_complaints(agents=agents, lead=lead, finance=_holders("STF-092")[0], at=at)


def _open_house(at: datetime) -> None:
    """Set up what every installation has, and the demo's people."""
    call_command("setup_roles", verbosity=0)
    call_command("load_shifts", stdout=StringIO())
    call_command("load_carriers", verbosity=0)
    load_rulebook(at=at)
    load_kpis(at=at)
    make_demo_people(at=at)
    make_rules(at=at)


def _trade(*, orders: int, days: int, at: datetime, random: Random, made: Made) -> Dispatch:
    """Sell, approve, pick, pack and ship."""
    warehouse = Warehouse.objects.order_by("pk")[0]
    shops = make_shops()
    articles, bins = make_goods(shops, warehouse, random)
    crew = Crew(
        agents=_holders("STF-073", "STF-074", "STF-075", "STF-076"),
        pickers=_holders("STF-079"),
        packers=_holders("STF-079", "STF-078"),
    )
    today = shop_day(at)
    calendar = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    opened = start_of_day(calendar[0])
    batches = open_imports(shops, by=crew.agents[0], at=opened, name=f"{orders}-{days}")
    sales = make_sales(
        shops=shops, articles=articles, batches=batches, days=calendar, total=orders, at=at, random=random
    )
    carriers = list(Carrier.objects.filter(name__in=("中通快递", "圆通速递", "韵达快递", "顺丰速运")).order_by("pk"))
    done = dispatch(
        sales,
        crew=crew,
        carriers=carriers or list(Carrier.objects.order_by("pk")[:4]),
        warehouse=warehouse,
        at=at,
        random=random,
    )
    write_dispatch(done, crew)
    write_sales(sales)
    close_imports(batches, sales, at=opened)
    write_troubles(sales, random)
    make_stock(
        done,
        skus=list(Sku.objects.order_by("pk")),
        bins=bins,
        warehouse=warehouse,
        keeper=crew.packers[0],
        opened_at=start_of_day(calendar[0]) - timedelta(hours=6),
        at=at,
        random=random,
    )
    made.orders, made.notes, made.parcels = len(sales), len(done.notes), len(done.parcels)
    return done


def _after_sales(at: datetime) -> int:
    """Let buyers want something back."""
    return make_after_sales(
        agents=_holders("STF-076", "STF-074")[:3],
        keeper=_holders("STF-079")[0],
        money=_holders("STF-092")[0],
        chief=_holders("STF-073")[0],
        at=at,
    )


def _holders(*register_ids: str) -> list[Employee]:
    """Return who holds posts with these rows of the register, in a steady order."""
    people: list[Employee] = []
    for register_id in register_ids:
        people += [
            person
            for person in Employee.objects.filter(
                appointments__position__register_ids__contains=register_id, is_active=True
            ).order_by("employee_number")
            if person not in people
        ]
    return people


def _judge(*, days: int, at: datetime, made: Made) -> None:
    """Apply the rulebook to every day that is over.

    All of it is dated now, like a tally that catches up: the evidence knows how each order ended.
    """
    for day in _days_over(days, at):
        made.offences += tally_day(day, at=at).new


def _measure(*, days: int, at: datetime) -> None:
    """Read the figures of every day that is over, and take the reports of the last ones."""
    reported = shop_day(at) - timedelta(days=REPORTED_DAYS)
    for day in _days_over(days, at):
        if day > reported:
            take_daily_snapshot(day, at=report_time((shop_day(at) - day).days, at))
        else:
            read_metrics(day, at=at)


def _days_over(days: int, at: datetime) -> list[date]:
    """Return the days of the demo that are over, oldest first."""
    return [shop_day(at) - timedelta(days=back) for back in range(days - 1, 0, -1)]
