"""What merging adds to the customers: the action, the way back, and where merged ones are found."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from regulars.customers import events as customer_events
from regulars.customers.erasing import earlier_records, erases
from regulars.customers.former import finds_survivors
from regulars.customers.models import Customer
from regulars.duplicates import events, queries, services
from regulars.duplicates.facts import FACTS
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid
from regulars.kit.ids import parse_id
from regulars.resources import kinds
from regulars.resources.action import Action, Outcome
from regulars.resources.field import Field
from regulars.resources.resource import contribute, get_resource
from regulars.staff.permissions import MANAGERS
from regulars.staff.permissions import declare as permission
from regulars.stores.models import Store
from regulars.timeline.events import EventKind
from regulars.timeline.services import OpenChangeSet, Touched, subscribe
from regulars.timeline.undoing import undoable

MERGE = permission("customers.merge", "Merge customers and decide about duplicates", MANAGERS)
KEEP = "keep."


def merge(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Merge the customers of a selection into one of them."""
    survivor_id, loser_ids = who_stays(store=store, ids=ids, into=inputs.get("into", ""))
    return services.merge_customers(
        store=store,
        survivor_id=survivor_id,
        loser_ids=loser_ids,
        choices=_choices(store, inputs),
        actor=actor,
        now=now,
        change_set=change_set,
    )


def preview(
    *, store: Store, ids: list[UUID], count: int, inputs: dict[str, Any], actor: Actor, now: datetime
) -> list[str]:
    """What a merge would do, for the dry run."""
    survivor_id, loser_ids = who_stays(store=store, ids=ids, into=inputs.get("into", ""))
    found = services.rehearse_merge(
        store=store,
        survivor_id=survivor_id,
        loser_ids=loser_ids,
        choices=_choices(store, inputs),
        actor=actor,
        now=now,
    )
    result = found.result
    losers = queries.customers_by(store=store, ids=loser_ids).values()
    said = [
        gettext("%(names)s would go into #%(number)s.")
        % {"names": ", ".join(f"#{one.number}" for one in losers), "number": result.number}
    ]
    facts = {
        gettext("name"): result.name,
        gettext("e-mail"): result.email,
        gettext("phone"): result.phone,
        gettext("city"): result.city,
    }
    told = ", ".join(f"{name} {value}" for name, value in facts.items() if value)
    said.append(
        ngettext(
            "Afterwards: %(told)s; %(count)s order.",
            "Afterwards: %(told)s; %(count)s orders.",
            result.orders_count,
        )
        % {"told": told, "count": f"{result.orders_count:,}"}
    )
    if found.moved:
        said.append(gettext("Moves: %(names)s.") % {"names": ", ".join(found.moved)})
    if found.clashes:
        said.append(
            gettext("Set aside, because there is one already: %(names)s.")
            % {"names": ", ".join(found.clashes)}
        )
    return said


def who_stays(*, store: Store, ids: list[UUID], into: str) -> tuple[UUID, list[UUID]]:
    """The customer that stays, by id or number, and those that go into it; without a wish the best known one stays."""
    survivor_id = _named(store, into) if into else best_known(store=store, ids=ids)
    return survivor_id, [one for one in ids if one != survivor_id]


def best_known(*, store: Store, ids: list[UUID]) -> UUID:
    """Who of these customers had best stay: with an account, with most orders, with an e-mail, the oldest."""
    if not ids:
        raise Invalid(gettext("Say which customers to merge."), field="ids")
    people = queries.customers_by(store=store, ids=ids[:50]).values()

    def standing(one: Customer) -> tuple[bool, int, bool, int]:
        return one.has_account, one.orders_count, bool(one.email), -one.number

    return max(people, key=standing).pk if people else ids[0]


def _choices(store: Store, inputs: dict[str, Any]) -> dict[str, UUID]:
    given = {name.removeprefix(KEEP): value for name, value in inputs.items() if name.startswith(KEEP)}
    return {name: _named(store, value) for name, value in given.items() if value}


def _named(store: Store, text: str) -> UUID:
    """The customer of an id or a number. Raises `Invalid`."""
    wanted = text.strip()
    if (known := parse_id(wanted)) is not None:
        return known
    number = wanted.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) <= 15:
        found = Customer.objects.filter(store=store, number=int(number)).values_list("pk", flat=True).first()
        if found is not None:
            return found
    raise Invalid(
        gettext("“%(wanted)s” is neither the id nor the number of a customer.") % {"wanted": wanted[:40]},
        field="into",
    )


def ask_url(store: Store, ids: list[UUID]) -> str:
    """The page on which a person chooses what stays."""
    return f"/desk/{store.slug}/duplicates/merge/?{urlencode([('id', str(one)) for one in ids])}"


_INTO = Field(
    name="into",
    label=_("Into"),
    kind=kinds.Text(max_length=40),
    help=_("The id or number of the customer that stays; without it the best known one."),
)
ACTION = Action(
    name="merge",
    label=_("Merge…"),
    done_label=_("Merged"),
    icon="arrow-merge",
    part="move",
    permission=MERGE,
    inputs=(
        _INTO,
        *(
            Field(
                name=f"{KEEP}{fact.name}",
                label=_("Keep: %(fact)s") % {"fact": fact.label},
                kind=kinds.Text(max_length=40),
                help=_("The id or number of the customer whose value stays."),
            )
            for fact in FACTS
        ),
    ),
    preview=preview,
    scope="many",
    ask_url=ask_url,
    perform=merge,
)


def _successor(store: Store, known_as: UUID | int) -> UUID | None:
    if isinstance(known_as, int):
        return queries.survivor_by_number(store=store, number=known_as)
    return queries.survivor_of(store=store, customer_id=known_as)


def _forget_pairs(store: Store, kind: EventKind, touched: list[Touched], actor: Actor) -> None:
    """Customers whom a file brought went again: nobody looks like them any more."""
    services.drop_pairs(store=store, ids=[one.record_id for one in touched])


def declare() -> None:
    """Make merging known. Called once, at start."""
    contribute("customers", actions=(ACTION,))
    get_resource("customers").successor = _successor
    finds_survivors(queries.survivors_by)
    undoable((customer_events.MERGED, customer_events.MERGED_AWAY), services.undo_merges, permission=MERGE)
    undoable((events.TOLD_APART, events.HOUSEHOLD, events.REOPENED), services.undo_verdicts, permission=MERGE)
    earlier_records(queries.earlier_records)
    erases("duplicates", services.erase_duplicates, tables=services.TABLES)
    subscribe(customer_events.IMPORT_UNDONE, _forget_pairs)
