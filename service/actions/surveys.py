"""Surveys: buyers are asked how content they are, and what they say is kept (CS-040)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from service.models import Buyer, Survey
from service.policy.buyers import CARE_EVERY_DAYS
from service.queries.buyers import warning_of
from service.queries.care import too_soon
from shopops.kit.refusals import Refused
from staff.actions.events import record
from staff.models import Employee


@transaction.atomic
def ask_survey(
    buyer: Buyer,
    *,
    agent: Employee | None = None,
    about: str = "",
    about_url: str = "",
    by: Employee,
    at: datetime,
) -> Survey:
    """Ask a buyer how content they are with who served them; not too often.

    :raises Refused: if the buyer does not want to be written to, was just a short time ago, or is on the blacklist.
    """
    if buyer.may_contact is False:
        raise Refused(_("The buyer does not want to be written to."))
    if warning_of(buyer, at=at) is not None:
        raise Refused(_("The buyer is on the blacklist."))
    since = at - timedelta(days=CARE_EVERY_DAYS())
    if Survey.objects.filter(buyer=buyer, answered_at=None, asked_at__gt=since).exists():
        raise Refused(_("The buyer has been asked and has not answered yet."))
    if too_soon(buyer, at=at):
        raise Refused(_("The buyer heard from the shop a short time ago."))
    survey = Survey.objects.create(
        buyer=buyer, agent=agent, about=about.strip()[:120], about_url=about_url[:300], asked_by=by, asked_at=at
    )
    record("service.survey_asked", buyer, by=by, at=at, reason=about.strip())
    return survey


@transaction.atomic
def answer_survey(survey: Survey, *, rating: int, text: str = "", by: Employee, at: datetime) -> None:
    """Keep what the buyer said: 1 is very discontent, 5 very content.

    :raises Refused: if it is answered already, the rating is none, or who was rated enters it.
    """
    if rating not in range(1, 6):
        raise Refused(_("Choose from 1 to 5."))
    if survey.agent_id == by.pk:
        raise Refused(_("Somebody other than who was rated enters the answer."))
    written = Survey.objects.filter(pk=survey.pk, answered_at=None).update(
        rating=rating, text=text.strip(), answered_at=at
    )
    if not written:
        raise Refused(_("The survey is answered already."))
    survey.rating, survey.text, survey.answered_at = rating, text.strip(), at
    changes = {"rating": (None, rating)}
    record("service.survey_answered", survey.buyer, by=by, at=at, changes=changes, reason=text.strip())
