"""Sub-accounts nobody was behind when their messages came in: somebody says who, and the messages are theirs."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from service.actions.cutting import cut_conversations
from service.models import AgentDay, Message
from service.states import Sender
from shopops.kit.refusals import Refused
from shopops.kit.sentences import sentence
from staff.actions.events import record
from staff.actions.jobs import start_job
from staff.models import Employee, JobRun, SubAccount

JOB = "service.attribute_messages"


@transaction.atomic
def name_sub_account(nick: str, employee: Employee, *, by: Employee, at: datetime) -> JobRun:
    """Say who is behind a sub-account; its messages are counted for them in the background.

    :raises Refused: if there is no nick, or somebody is behind it already.
    """
    nick = nick.strip()[:100]
    if not nick:
        raise Refused(_("Which sub-account?"))
    known = SubAccount.objects.filter(nick=nick).select_related("employee").first()
    if known is not None:
        raise Refused(sentence(_("%(who)s is behind %(nick)s already."), who=str(known.employee), nick=nick))
    account = SubAccount.objects.create(nick=nick, employee=employee)
    record("service.sub_account_named", account, by=by, at=at, changes={"employee": (None, employee)})
    return start_job(JOB, by=by, at=at, nick=nick)


@transaction.atomic
def attribute_messages(nick: str, *, at: datetime) -> int:
    """Count the messages of a sub-account for whoever is behind it, and cut their conversations anew.

    :returns: how many messages that were.
    """
    account = SubAccount.objects.filter(nick=nick).first()
    if account is None:
        return 0
    theirs = Message.objects.filter(sender__in=(Sender.AGENT, Sender.SYSTEM), nick=nick, employee=None)
    buyers = list(theirs.values_list("buyer_id", flat=True).distinct())
    count = theirs.update(employee_id=account.employee_id)
    AgentDay.objects.filter(nick=nick, employee=None).update(employee_id=account.employee_id)
    if buyers:
        cut_conversations(buyers, at=at)
    return count
