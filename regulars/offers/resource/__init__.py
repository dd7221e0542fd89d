"""Offers in the catalogue, and what they add to customers."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from regulars.kit.actor import Actor
from regulars.kit.ids import parse_id
from regulars.offers import events, messages, queries, services
from regulars.offers.choices import Audience, State
from regulars.offers.codes import code_key
from regulars.offers.columns import columns_of
from regulars.offers.importer import OFFER_IMPORTER
from regulars.offers.resource import customers
from regulars.offers.resource.actions import ACTIONS, SEND_OFFER
from regulars.offers.resource.fields import FIELDS
from regulars.offers.resource.permissions import EDIT, VOID
from regulars.offers.resource.traces import REDEMPTIONS, SENT_OFFERS
from regulars.resources.context import Context
from regulars.resources.field import Row, Span
from regulars.resources.language import Condition, parse, write
from regulars.resources.resource import Resource, Tab, contribute, register
from regulars.segments.uses import Use, register_use
from regulars.stores.models import Store
from regulars.timeline.undoing import final, undoable

__all__ = ["OFFERS", "declare_all", "messages"]


def _create(*, store: Store, values: dict[str, Any], actor: Actor, now: datetime) -> UUID:
    made = services.create_offer(store=store, values=columns_of(values), actor=actor, now=now)
    return made.pk


def _edit(
    *,
    store: Store,
    record_id: UUID,
    values: dict[str, Any],
    base_version: int | None,
    actor: Actor,
    now: datetime,
) -> int:
    edited = services.edit_offer(
        store=store,
        offer_id=record_id,
        values=columns_of(values),
        base_version=base_version,
        actor=actor,
        now=now,
    )
    return edited.version


def _title(row: Row) -> str:
    return str(row["title"])


def _search_filter(text: str, context: Context) -> Q:
    if (record_id := parse_id(text)) is not None:
        return Q(pk=record_id)
    word, key = text.strip(), code_key(text)
    if not word:
        return Q(pk__in=[])
    found = Q(title__icontains=word)
    return found | (Q(code_key=key) & ~Q(code_key="") if key else Q(pk__in=[]))


OFFERS = Resource(
    name="offers",
    label=_("Offers"),
    singular=_("Offer"),
    new_label=_("New offer"),
    added_label=_("Offer added"),
    noun="offer",
    rows=queries.offers_of,
    title=_title,
    title_needs=("title", "version"),
    search=lambda text, context: [Span(None, "created_at", True)],
    search_filter=_search_filter,
    search_hint=_("Title, code"),
    tabs=(
        Tab("active", _("Active"), Q(state=State.ACTIVE)),
        Tab("draft", _("Drafts"), Q(state=State.DRAFT)),
        Tab("paused", _("Paused"), Q(state=State.PAUSED)),
        Tab("ended", _("Ended"), Q(state=State.ENDED)),
        Tab("all", _("All"), Q()),
    ),
    default_tab="all",
    default_sort=("created", True),
    create=_create,
    edit=_edit,
    lead="title",
    enough=_("A title and what it gives; it begins as a draft"),
    documentation="offers",
    importer=OFFER_IMPORTER,
    once_by="external_id",
)
OFFERS.add(fields=FIELDS, actions=ACTIONS)


def declare_all() -> None:
    """Make offers known to every surface and to undo. Called once, at start."""
    register(OFFERS)
    register(SENT_OFFERS)
    register(REDEMPTIONS)
    contribute(
        "customers",
        fields=(customers.REDEMPTION_DATE,),
        actions=(SEND_OFFER,),
        links=(customers.LINK,),
        related=customers.RELATED,
    )
    undoable(events.CREATED, services.undo_creating, permission=EDIT)
    undoable((events.EDITED, events.MOVED), services.undo_moves, permission=EDIT)
    undoable(events.REDEEMED, services.undo_redemptions, permission=VOID)
    final(events.VOIDED, _("What was taken back stays so. Redeem it once more instead."))
    for kind in (events.SENT, events.HELD_OUT):
        final(kind, _("What was sent stays sent. Pause or end the offer instead."))
    for kind in (events.PICTURED, events.UNPICTURED):
        final(kind, _("Earlier pictures are not kept. Bring it once more."))
    for kind in (events.CODES_MADE, events.CODES_BROUGHT):
        final(kind, _("Codes may be with people already. End the offer instead."))
    register_use(kind="offer", find=_uses, rewrite=_follow)


def _uses(*, store: Store) -> Iterable[Use]:
    """The segments and tiers that offers are for, so that none is deleted or renamed under them."""
    rows = queries.offers_of(store).filter(audience__in=[Audience.SEGMENT, Audience.TIER])
    wanted = ("pk", "title", "audience", "tier", "segment__name")
    for pk, title, audience, tier, segment in rows.exclude(state=State.ENDED).values_list(*wanted):
        name = tier if audience == Audience.TIER else segment
        if name:
            where = write(Condition(str(audience), "=", (name,)))
            yield Use(kind="offer", id=pk, name=title, where=where)


def _follow(*, store: Store, use_id: UUID, where: str, actor: Actor, now: datetime) -> None:
    """Offers know their segment by itself, whatever it is called; a tier they know by its name."""
    asked = parse(where)
    if isinstance(asked, Condition) and asked.field == Audience.TIER:
        services.rename_tier(store=store, offer_id=use_id, tier=asked.values[0], actor=actor, now=now)
