"""The rules of the block list in the catalogue, and what it adds to customers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from regulars.blocklist import events, queries, services
from regulars.blocklist.choices import Mode, RuleKind, RuleList
from regulars.blocklist.identities import identify
from regulars.blocklist.keys import digests
from regulars.blocklist.models import Hit, Key, Rule
from regulars.blocklist.resource.actions import CUSTOMER_ACTIONS, RULE_ACTIONS
from regulars.blocklist.resource.fields import FIELDS
from regulars.blocklist.resource.importer import IMPORTER, guess_kind
from regulars.blocklist.resource.permissions import BLOCK, EDIT, VALUES
from regulars.blocklist.services import NewRule
from regulars.customers.erasing import erases
from regulars.customers.resource.permissions import VIEW as SEE_CUSTOMERS
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid
from regulars.kit.ids import parse_id
from regulars.kit.text import fold
from regulars.resources.context import Context
from regulars.resources.field import Row, Span
from regulars.resources.resource import Resource, Tab, contribute, register
from regulars.stores.models import Store
from regulars.timeline.undoing import undoable


def new_rule(values: dict[str, Any]) -> NewRule:
    """Catalogue names to a rule; a kind that is not given is guessed from the value."""
    given = {name: value for name, value in values.items() if value not in (None, "")}
    if "expires" in given:
        given["expires_at"] = given.pop("expires")
    given.setdefault("value", "")
    given.setdefault("kind", guess_kind(given["value"]))
    return NewRule(**given)


def _create(*, store: Store, values: dict[str, Any], actor: Actor, now: datetime) -> UUID:
    return services.add_rule(store=store, rule=new_rule(values), actor=actor, now=now).pk


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
    edited = services.edit_rule(
        store=store, rule_id=record_id, values=columns, base_version=base_version, actor=actor, now=now
    )
    return edited.version


def _title(row: Row) -> str:
    """What to call a rule where nobody knows who reads it."""
    return str(row["masked"])


def _search_filter(text: str, context: Context) -> Q:
    """Rules that a text means: a part of the value, of the reason, or the customer's name; or who they would stop."""
    if (record_id := parse_id(text)) is not None:
        return Q(pk=record_id)
    word = text.strip()
    if not word:
        return Q(pk__in=[])
    found = Q(masked__icontains=word) | Q(reason__icontains=word)
    if context.actor.may(VALUES):
        found |= Q(value__icontains=word)
    if context.actor.may(SEE_CUSTOMERS) and (folded := fold(word)):
        named = queries.customers_of(context.store).filter(search__contains=folded)
        found |= Q(customer__in=named.values("pk"))
    for kind in RuleKind:
        try:
            value = identify(kind, word, country=context.store.country).value
        except Invalid:
            continue
        keys = Key.objects.filter(store=context.store, digest__in=digests(context.store.pk, kind, value))
        found |= Q(pk__in=keys.values("rule"))
    return found


BLOCKS = Resource(
    name="blocks",
    label=_("Block rules"),
    singular=_("Rule"),
    new_label=_("New rule"),
    added_label=_("Rule added"),
    noun="rule",
    rows=queries.rules_of,
    title=_title,
    title_needs=("masked", "version"),
    search=lambda text, context: [Span(None, "created_at", True)],
    search_filter=_search_filter,
    search_hint=_("E-mail, domain, address, number, reason"),
    tabs=(
        Tab("blocking", _("Blocking"), Q(list=RuleList.BLOCK, mode=Mode.ACTIVE, in_force=True)),
        Tab("trust", _("Trust list"), Q(list=RuleList.TRUST, in_force=True)),
        Tab("shadow", _("Shadow"), Q(mode=Mode.SHADOW, in_force=True)),
        Tab("expired", _("Expired"), Q(in_force=False)),
        Tab("all", _("All"), Q()),
    ),
    default_tab="blocking",
    default_sort=("created", True),
    create=_create,
    edit=_edit,
    lead="value",
    enough=_("Shows whom it meets before it is saved"),
    documentation="block-list",
    importer=IMPORTER,
)
BLOCKS.add(fields=FIELDS, actions=RULE_ACTIONS)


def declare() -> None:
    """Make the block list known to every surface and to undo and erasing. Called once, at start."""
    register(BLOCKS)
    contribute("customers", actions=CUSTOMER_ACTIONS, after="restore")
    rules = (events.ADDED, events.CHANGED, events.REMOVED, events.RESTORED)
    undoable(rules, services.undo_rules, permission=EDIT)
    people = (events.CUSTOMER_BLOCKED, events.CUSTOMER_UNBLOCKED)
    undoable(people, services.undo_customers, permission=BLOCK)
    tables = [model._meta.db_table for model in (Rule, Key, Hit)]
    erases("blocklist", services.forget_people, tables=tables)
