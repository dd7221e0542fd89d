"""Messages that let their reader in: sent at once, and kept without the link or the code that was in them.

Whoever may read messages in the desk must not be able to sign in as the customer. While no provider is set they stand
in the Outbox, for those alone who may let people in.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.customers.models import Customer
from regulars.kit.actor import Actor, system
from regulars.kit.ids import new_id
from regulars.messaging import events
from regulars.messaging.addresses import address_hash
from regulars.messaging.choices import Channel, MessageState
from regulars.messaging.kinds import MessageKind, fill, one_line, words_of
from regulars.messaging.models import Message, Stopped
from regulars.messaging.services.mailer import Mailer
from regulars.messaging.services.queueing import values_of, wordings
from regulars.messaging.services.reporting import STATES
from regulars.messaging.services.trouble import EXPECTED, Trouble, trouble_of
from regulars.messaging.sms import send_sms
from regulars.staff.outbox import StoreMail
from regulars.stores.models import Store
from regulars.timeline.services import Touched, emit

HIDDEN = "•••"


def send_secret(
    *,
    store: Store,
    kind: MessageKind,
    to: str,
    values: Mapping[str, str],
    now: datetime,
    customer_id: UUID | None = None,
    language: str = "",
    channel: Channel = Channel.MAIL,
    actor: Actor | None = None,
) -> bool:
    """Send one message to an address now, in the customer's language where there is one; False when it never arrives.

    What the provider did not take for now is raised, so that the worker tries again a little later.
    """
    customer = Customer.objects.filter(store=store, pk=customer_id).first() if customer_id else None
    tongue = language or (customer.language if customer else "") or store.language
    subject, body = wordings(store, kind, channel, {tongue})[tongue]
    known = values_of(store, customer) if customer else {"first_name": "", "name": "", "store": store.name}
    filled, shown = known | dict(values), known | dict(values) | dict.fromkeys(kind.secrets, HIDDEN)
    message = Message(
        id=new_id(),
        store=store,
        kind=kind.name,
        channel=channel,
        purpose=kind.purpose,
        language=tongue,
        address=to,
        subject=one_line(fill(subject, shown)),
        body=fill(body, shown),
        author_name=(actor or system()).name,
        attempts=1,
        due_at=now,
        created_at=now,
    )
    trouble = _hand_over(store, message, one_line(fill(subject, filled)), fill(body, filled).strip())
    if trouble is not None:
        message.state = STATES[trouble.news][0] if trouble.news else MessageState.WITHHELD
        message.why = trouble.why
    else:
        message.state, message.sent_at = MessageState.SENT, now
    if customer is not None:
        _keep(store, customer, message, actor or system(), now)
    return trouble is None


def _hand_over(store: Store, message: Message, subject: str, body: str) -> Trouble | None:
    hashed = address_hash(store_id=store.pk, channel=message.channel, address=message.address)
    if Stopped.objects.filter(store=store, address_hash=hashed, channel=message.channel).exists():
        return Trouble(_("nothing goes to this address any more"))
    try:
        if message.channel == Channel.SMS:
            message.provider_id = send_sms(store=store, to=message.address, text=body, opens_access=True)
            return None
        mail = StoreMail(subject, body, to=[message.address])
        mail.store, mail.opens_access, mail.metadata = store, True, {"message": str(message.pk)}
        mailer = Mailer()
        try:
            mailer.send(mail)
        finally:
            mailer.close()
        status = getattr(mail, "anymail_status", None)
        message.provider_id = str(getattr(status, "message_id", "") or "")
    except EXPECTED as error:
        trouble = trouble_of(error)
        if trouble.news is None:
            raise
        return trouble
    return None


def _keep(store: Store, customer: Customer, message: Message, actor: Actor, now: datetime) -> None:
    message.customer = customer
    kind = events.SENT if message.state == MessageState.SENT else events.FAILED
    with transaction.atomic():
        message.save(force_insert=True)
        told = Touched(customer.pk, 0, data={"message": words_of(message.kind), "why": message.why})
        emit(store=store, actor=actor, resource="customers", kind=kind, touched=told, now=now)
