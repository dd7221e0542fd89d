"""Messages of the demo: some sent, some that wait, one that came back, and why others were not written to."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from regulars.kit.actor import Actor
from regulars.messaging import queries, services
from regulars.messaging.services import News, Report
from regulars.staff.queries import mail_is_kept
from regulars.stores.queries import Store

_SALE = {
    "purpose": "marketing",
    "subject": "{{first_name}}, the winter sale begins",
    "body": "Hello {{first_name}},\n\nfrom Friday on everything warm is a third less.\n\nSee you at {{store}}",
}
_REPAIR = {"purpose": "service", "channel": "sms", "body": "{{first_name}}, your repair is ready. {{store}}"}


def make_messages(*, store: Store, customer_ids: Sequence[UUID], actor: Actor, now: datetime) -> None:
    """Written to by hand last week, and today; never where a provider would really send it."""
    if not mail_is_kept():
        return
    some, few = list(customer_ids[:40]), list(customer_ids[40:45])
    asked: dict[str, Any] = {"store": store, "actor": actor, "change_set": None}
    before = now - timedelta(days=6)
    services.write_to(ids=some, inputs=_SALE, now=before, **asked)
    services.deliver_due(now=before)
    sent = queries.messages_of(store).filter(state="sent").order_by("pk").first()
    if sent is not None:
        report = Report(News.BOUNCED, message_id=sent.pk, why="550 No such user here")
        services.take_report(
            report=report, provider="Provider of the demo", now=before + timedelta(minutes=2)
        )
    services.write_to(ids=few, inputs=_REPAIR, now=now, **asked)
