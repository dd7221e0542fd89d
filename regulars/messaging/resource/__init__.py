"""Messages and what customers agreed to in the catalogue, and what both add to customers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.customers.queries import customers_of
from regulars.kit.actor import Actor
from regulars.kit.errors import Refused
from regulars.kit.ids import parse_id
from regulars.kit.text import fold
from regulars.messaging import events, queries
from regulars.messaging.choices import MessageState
from regulars.messaging.permissions import SEE_CONSENTS, VIEW
from regulars.messaging.resource.actions import LIFT, TRY_AGAIN, WRITE_ACTION
from regulars.messaging.resource.fields import (
    CONSENT_FIELDS,
    CONSENT_LINKED,
    FIELDS,
    LINKED,
    consent_title,
    title,
)
from regulars.resources.context import Context
from regulars.resources.field import Span
from regulars.resources.links import Link
from regulars.resources.related import Related
from regulars.resources.resource import Resource, Tab, contribute, register
from regulars.stores.models import Store
from regulars.timeline.undoing import final

_WRONG = Q(state__in=[MessageState.FAILED, MessageState.BOUNCED, MessageState.COMPLAINED])


def _never_made(*, store: Store, values: dict[str, Any], actor: Actor, now: datetime) -> UUID:
    raise Refused(_("This comes about by itself. To write to customers, use “Write a message” on them."))


def _never_edited(
    *,
    store: Store,
    record_id: UUID,
    values: dict[str, Any],
    base_version: int | None,
    actor: Actor,
    now: datetime,
) -> int:
    raise Refused(_("What was said stays as it was said."))


def _of_customers(word: str, context: Context) -> Q:
    found = customers_of(context.store).filter(search__contains=word)
    return Q(customer__in=found.values("pk"))


def _search_messages(text: str, context: Context) -> Q:
    """Messages that a text means: a part of the subject or the address, or the customer's name."""
    if (record_id := parse_id(text)) is not None:
        return Q(pk=record_id)
    word = text.strip()
    if not word or not context.actor.may("customers.view"):
        return Q(pk__in=[])
    people = customers_of(context.store).filter(search__contains=fold(word))
    return queries.meant_by(context.store, word, people=people)


def _search_consents(text: str, context: Context) -> Q:
    if (record_id := parse_id(text)) is not None:
        return Q(pk=record_id)
    word = fold(text.strip())
    if not word or not context.actor.may("customers.view"):
        return Q(pk__in=[])
    return _of_customers(word, context)


MESSAGES = Resource(
    name="messages",
    label=gettext_lazy("Messages"),
    singular=gettext_lazy("Message"),
    noun="message",
    rows=queries.messages_of,
    title=title,
    title_needs=("subject", "body", "kind", "version"),
    search=lambda text, context: [Span(None, "created_at", True)],
    search_filter=_search_messages,
    search_hint=gettext_lazy("Subject, address, name"),
    tabs=(
        Tab("all", gettext_lazy("All"), Q(), counted=False),
        Tab("waiting", gettext_lazy("Waiting"), Q(state__in=[MessageState.QUEUED, MessageState.SENDING])),
        Tab("wrong", gettext_lazy("Went wrong"), _WRONG),
        Tab("withheld", gettext_lazy("Withheld"), Q(state=MessageState.WITHHELD)),
        Tab("sent", gettext_lazy("Sent"), Q(state=MessageState.SENT), counted=False),
    ),
    default_tab="all",
    default_sort=("created", True),
    create=_never_made,
    edit=_never_edited,
    lead="subject",
    enough=gettext_lazy("Messages are written from the list of customers and by the parts of Regulars"),
    documentation="messages",
)
MESSAGES.add(fields=FIELDS, actions=(TRY_AGAIN,))
CONSENTS = Resource(
    name="consents",
    label=gettext_lazy("Agreements"),
    singular=gettext_lazy("Agreement"),
    noun="agreement",
    rows=queries.consents_in,
    title=consent_title,
    title_needs=("purpose", "channel", "granted", "version"),
    search=lambda text, context: [Span(None, "at", True)],
    search_filter=_search_consents,
    search_hint=gettext_lazy("Name of the customer"),
    tabs=(
        Tab("all", gettext_lazy("All"), Q(), counted=False),
        Tab("agreed", gettext_lazy("Agreed"), Q(granted=True), counted=False),
        Tab("ended", gettext_lazy("No more"), Q(granted=False), counted=False),
    ),
    default_tab="all",
    default_sort=("at", True),
    create=_never_made,
    edit=_never_edited,
    lead="what",
    enough=gettext_lazy("Kept whenever a customer agrees to be written to, or no longer does"),
    documentation="messages",
)
CONSENTS.add(fields=CONSENT_FIELDS)
_SENT = gettext_lazy("What was sent cannot be called back.")
LINKS = (
    Link(
        name="messages",
        label=gettext_lazy("Messages"),
        singular=gettext_lazy("Message"),
        rows=queries.messages_of,
        permission=VIEW,
        fields=LINKED,
    ),
    Link(
        name="agreements",
        label=gettext_lazy("Agreements"),
        singular=gettext_lazy("Agreement"),
        rows=queries.consents_in,
        permission=SEE_CONSENTS,
        fields=CONSENT_LINKED,
    ),
)
RELATED = (
    Related(
        name="messages",
        label=gettext_lazy("Messages"),
        rows="messages",
        rank=80,
        where=lambda row: f"customer = {row['number']}",
        without=("customer",),
    ),
    Related(
        name="agreements",
        label=gettext_lazy("What they agreed to"),
        rows="consents",
        rank=90,
        where=lambda row: f"customer = {row['number']}",
        without=("customer",),
    ),
)


def declare_all() -> None:
    """Make messages known to every surface. Called once, at start."""
    register(MESSAGES)
    register(CONSENTS)
    contribute("customers", actions=(WRITE_ACTION, LIFT), links=LINKS, related=RELATED)
    final(events.WRITTEN, _SENT)
    final(events.TRIED_AGAIN, _SENT)
