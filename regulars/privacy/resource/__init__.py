"""Requests about personal data in the catalogue, and what privacy adds to customers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.customers.named import id_named
from regulars.customers.queries import customers_of, search_filter
from regulars.customers.resource.permissions import VIEW as SEE_CUSTOMERS
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid, Refused
from regulars.kit.ids import parse_id
from regulars.privacy import events, queries, services
from regulars.privacy.choices import CLOSED, PENDING, Kind, State, Way
from regulars.privacy.permissions import VIEW
from regulars.privacy.resource.actions import CUSTOMER_ACTIONS, REQUEST_ACTIONS
from regulars.privacy.resource.fields import FIELDS, LINKED, title
from regulars.resources.context import Context
from regulars.resources.field import Span
from regulars.resources.links import Link
from regulars.resources.related import Related
from regulars.resources.resource import Resource, Tab, contribute, register
from regulars.stores.models import Store
from regulars.timeline.undoing import final


def _create(*, store: Store, values: dict[str, Any], actor: Actor, now: datetime) -> UUID:
    given = {name: value for name, value in values.items() if value not in (None, "")}
    if "customer" not in given:
        raise Invalid(_("Give the number of a customer of this store."), field="customer")
    if "kind" not in given:
        raise Invalid(_("Say what is asked for."), field="kind")
    way = given.get("way") or (Way.API if actor.surface == "api" else Way.MAIL)
    if way == Way.PORTAL:
        raise Invalid(_("What comes from the account of a customer comes by itself."), field="way")
    asking = services.Asking(
        customer_id=id_named(store=store, text=f"#{given['customer']}"),
        kind=Kind(given["kind"]),
        way=Way(way),
        details=given.get("details", ""),
        received_at=given.get("received"),
    )
    return services.ask(store=store, asking=asking, actor=actor, now=now).pk


def _edit(
    *,
    store: Store,
    record_id: UUID,
    values: dict[str, Any],
    base_version: int | None,
    actor: Actor,
    now: datetime,
) -> int:
    raise Refused(_("A request stays as it was made. Use its actions."))


def _search_filter(text: str, context: Context) -> Q:
    """By id, by the number of the customer (of forgotten ones too), or by what is known of the customer."""
    if (record_id := parse_id(text)) is not None:
        return Q(pk=record_id)
    word = text.strip()
    found = Q(pk__in=[])
    number = word.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) <= 15:
        found |= Q(customer_number=int(number))
    if word and context.actor.may(SEE_CUSTOMERS):
        people = customers_of(context.store).filter(search_filter(word, context))
        found |= Q(customer__in=people.values("pk"))
    return found


REQUESTS = Resource(
    name="privacy_requests",
    label=gettext_lazy("Privacy requests"),
    singular=gettext_lazy("Privacy request"),
    noun="privacy request",
    rows=queries.requests_of,
    title=title,
    title_needs=("kind", "customer_number", "version"),
    search=lambda text, context: [Span(None, "created_at", True)],
    search_filter=_search_filter,
    search_hint=gettext_lazy("Number or name of the customer"),
    tabs=(
        Tab("open", gettext_lazy("Open"), Q(state__in=PENDING), sort=("due", False)),
        Tab(
            "overdue",
            gettext_lazy("Overdue"),
            lambda context: queries.overdue(context.now),
            sort=("due", False),
        ),
        Tab("unconfirmed", gettext_lazy("Not confirmed"), Q(state=State.UNCONFIRMED)),
        Tab("done", gettext_lazy("Finished"), Q(state__in=CLOSED), counted=False),
        Tab("all", gettext_lazy("All"), Q(), counted=False),
    ),
    default_tab="open",
    default_sort=("created", True),
    create=_create,
    edit=_edit,
    lead="kind",
    enough=gettext_lazy("Who asks, for what, and how it came; the customer is told by mail"),
    documentation="privacy",
)
REQUESTS.add(fields=FIELDS, actions=REQUEST_ACTIONS)
LINK = Link(
    name="privacy_requests",
    label=gettext_lazy("Privacy requests"),
    singular=gettext_lazy("Privacy request"),
    rows=queries.requests_of,
    permission=VIEW,
    fields=LINKED,
)
RELATED = Related(
    name="privacy",
    label=gettext_lazy("Privacy"),
    rows="privacy_requests",
    rank=95,
    where=lambda row: f"customer = {row['number']}",
    without=("customer",),
)
_SAID = gettext_lazy("The customer was told of it.")


def declare_all() -> None:
    """Make requests known to every surface. Called once, at start."""
    register(REQUESTS)
    contribute("customers", actions=CUSTOMER_ACTIONS, links=(LINK,), related=(RELATED,), after="anonymise")
    for kind in (
        events.ASKED,
        events.MADE,
        events.CONFIRMED,
        events.VERIFIED,
        events.EXTENDED,
        events.DONE,
        events.REFUSED,
    ):
        final(kind, _SAID)
