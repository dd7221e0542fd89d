"""Trade-ins in the catalogue, and what they add to customers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regulars.customers.named import id_named
from regulars.customers.queries import customers_of, search_filter
from regulars.customers.resource.permissions import VIEW as SEE_CUSTOMERS
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid
from regulars.kit.ids import parse_id
from regulars.resources.context import Context
from regulars.resources.field import Row, Span
from regulars.resources.resource import Resource, Tab, contribute, register
from regulars.stores.models import Store
from regulars.timeline.undoing import final, undoable
from regulars.tradeins import events, queries, services
from regulars.tradeins.choices import CLOSED, Status, Way
from regulars.tradeins.moves import MOVES
from regulars.tradeins.resource import customers, notes
from regulars.tradeins.resource.actions import ACTIONS
from regulars.tradeins.resource.fields import FIELDS
from regulars.tradeins.resource.permissions import EDIT
from regulars.tradeins.services import NewTradeIn


def new_tradein(*, store: Store, values: dict[str, Any]) -> NewTradeIn:
    """Catalogue names to a trade-in; the customer comes by number. Raises `Invalid`."""
    given = {name: value for name, value in values.items() if value not in (None, "")}
    number = given.pop("customer", None)
    if number is None:
        raise Invalid(gettext("Give the number of a customer of this store."), field="customer")
    if "expires" in given:
        given["expires_at"] = given.pop("expires")
    given.setdefault("way", Way.IN_STORE.value)
    given.setdefault("items", ())
    return NewTradeIn(customer_id=id_named(store=store, text=f"#{number}"), **given)


def _create(*, store: Store, values: dict[str, Any], actor: Actor, now: datetime) -> UUID:
    facts = new_tradein(store=store, values=values)
    return services.create_tradein(store=store, facts=facts, actor=actor, now=now).pk


def _edit(
    *,
    store: Store,
    record_id: UUID,
    values: dict[str, Any],
    base_version: int | None,
    actor: Actor,
    now: datetime,
) -> int:
    columns = {"expires_at" if name == "expires" else name: value for name, value in values.items()}
    edited = services.edit_tradein(
        store=store, tradein_id=record_id, values=columns, base_version=base_version, actor=actor, now=now
    )
    return edited.version


def _title(row: Row) -> str:
    return f"#{row['number']}"


def _search_filter(text: str, context: Context) -> Q:
    """By id, number, tracking number, serial number or IMEI, a part of an item's title, or the customer."""
    if (record_id := parse_id(text)) is not None:
        return Q(pk=record_id)
    word = text.strip()
    if not word:
        return Q(pk__in=[])
    sees_people = context.actor.may(SEE_CUSTOMERS)
    people = customers_of(context.store).filter(search_filter(word, context)) if sees_people else None
    return queries.meant_by(context.store, word, people=people)


TRADEINS = Resource(
    name="tradeins",
    label=_("Trade-ins"),
    singular=_("Trade-in"),
    new_label=_("New trade-in"),
    added_label=_("Trade-in added"),
    noun="trade-in",
    rows=queries.tradeins_of,
    title=_title,
    title_needs=("number", "version"),
    search=lambda text, context: [Span(None, "created_at", True)],
    search_filter=_search_filter,
    search_names=True,
    search_hint=_("Number, serial or IMEI, tracking number, item, customer"),
    tabs=(
        Tab("open", _("Open"), ~Q(status__in=CLOSED)),
        Tab("in-store", _("In store"), Q(way=Way.IN_STORE)),
        Tab("mail-in", _("Mail-in"), Q(way=Way.MAIL_IN)),
        Tab("review", _("Requires review"), Q(status=Status.REQUIRES_REVIEW)),
        Tab("hold", _("On hold"), Q(status=Status.ON_HOLD)),
        Tab("payout", _("Payout processing"), Q(status=Status.PAYOUT_PROCESSING)),
        Tab("completed", _("Completed"), Q(status=Status.COMPLETED)),
        Tab("all", _("All"), Q()),
    ),
    default_tab="open",
    default_sort=("created", True),
    create=_create,
    edit=_edit,
    lead="customer",
    enough=_("Items with their prices; the steps follow"),
    documentation="trade-ins",
    once_by="external_id",
)
TRADEINS.add(fields=(*FIELDS, notes.NOTE), actions=(*ACTIONS, customers.TRADEIN_PAYOUT, notes.MAKE_NOTE))


def declare_all() -> None:
    """Make trade-ins known to every surface and to undo. Called once, at start."""
    register(TRADEINS)
    contribute(
        "customers",
        fields=(customers.OPEN_TRADEINS,),
        actions=(customers.TRADE_IN, customers.CUSTOMER_PAYOUT),
        links=(customers.LINK,),
        finders=(customers.FINDER,),
        figures=(customers.FIGURE,),
        related=customers.RELATED,
        flows=(customers.FLOW,),
    )
    undoable([move.event for move in MOVES if not move.final], services.undo_moves, permission=EDIT)
    undoable(events.EDITED, services.undo_edits, permission=EDIT)
    final(events.CREATED, _("A trade-in stays once it is saved. Cancel it instead."))
    for move in MOVES:
        if move.final:
            final(move.event, move.final)
