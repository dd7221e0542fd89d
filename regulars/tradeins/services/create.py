"""Taking down what a customer offers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from regulars.blocklist.services import may_trade_in
from regulars.customers.services.edit import lock_customer
from regulars.kit.actor import Actor
from regulars.kit.errors import InvalidRecord, Refused
from regulars.kit.ids import new_id
from regulars.stores.models import Store
from regulars.timeline.services import Touched, emit
from regulars.tradeins import events, queries
from regulars.tradeins.choices import Acceptance, Status, Way
from regulars.tradeins.facts import ItemFacts
from regulars.tradeins.models import Item, TradeIn
from regulars.tradeins.rules import QUOTE_DAYS, check_items, total


class NotAdmitted(Refused):
    """The block list keeps this customer from trading in."""

    code = "blocked"


class ExternalIdTaken(Refused):
    """Another trade-in of the store has the external id."""

    code = "external_id_taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTradeIn:
    """An offer as it is taken down. Who agreed to the prices already says so by `acceptance`."""

    customer_id: UUID
    way: str
    items: Sequence[ItemFacts]
    acceptance: str = ""
    location: str = ""
    courier: str = ""
    tracking_number: str = ""
    note: str = ""
    external_id: str = ""
    expires_at: datetime | None = None


def create_tradein(*, store: Store, facts: NewTradeIn, actor: Actor, now: datetime) -> TradeIn:
    """Take a trade-in down. It waits for a review while a price is missing, else for the customer, if they have not
    agreed yet.

    Raises `InvalidRecord`, `NotFound`, `Final`, and `NotAdmitted` for those whom the block list keeps out.
    """
    _check(facts, now)
    # Asked outside our own transaction; who has one around us notes the hit once more.
    verdict = may_trade_in(store=store, customer_id=facts.customer_id, now=now)
    if not verdict.allowed:
        raise NotAdmitted(
            _("This customer is on the block list: %(reason_shown)s")
            % {"reason_shown": verdict.reason_shown},
            field="customer",
            noted=verdict.note,
        )
    with transaction.atomic():
        customer = lock_customer(store=store, customer_id=facts.customer_id)
        quoted = total(one.quoted_minor for one in facts.items)
        tradein = TradeIn(
            id=new_id(),
            store=store,
            number=_take_number(store),
            customer=customer,
            way=facts.way,
            status=_first_status(quoted, facts.acceptance),
            acceptance=facts.acceptance if quoted is not None else "",
            location=facts.location,
            courier=facts.courier,
            tracking_number=facts.tracking_number,
            note=facts.note,
            external_id=facts.external_id,
            quoted_minor=quoted or 0,
            currency=store.currency,
            expires_at=facts.expires_at or now + timedelta(days=QUOTE_DAYS),
            author_id=actor.id,
            author_name=actor.name,
            created_at=now,
            updated_at=now,
        )
        if (usual := queries.payout_of(store=store, customer_id=customer.pk)) is not None:
            tradein.payout_kind, tradein.payout_sealed = usual.payout_kind, usual.payout_sealed
            tradein.payout_masked = usual.payout_masked
        _insert(tradein)
        add_items(tradein, facts.items)
        kept = {"status": tradein.status, "way": tradein.way, "quoted_minor": tradein.quoted_minor}
        touched = Touched(tradein.pk, 1, after=kept, data={"number": tradein.number})
        emit(store=store, actor=actor, resource="tradeins", kind=events.CREATED, touched=touched, now=now)
    return tradein


def _insert(tradein: TradeIn) -> None:
    try:
        with transaction.atomic():
            tradein.save(force_insert=True)
    except IntegrityError as error:
        if "tradein_external_id_unique_per_store" not in str(error):
            raise
        raise ExternalIdTaken(
            _("Another trade-in of this store has this external id."), field="external_id"
        ) from error


def add_items(tradein: TradeIn, items: Sequence[ItemFacts]) -> None:
    """Write the items of a trade-in that has none; known ones keep their ids."""
    Item.objects.bulk_create(
        Item(
            id=one.id or new_id(),
            store=tradein.store,
            tradein=tradein,
            position=position,
            title=one.title,
            condition=one.condition,
            serial=one.serial,
            quoted_minor=one.quoted_minor,
            final_minor=one.final_minor,
        )
        for position, one in enumerate(items)
    )


def _check(facts: NewTradeIn, now: datetime) -> None:
    check_items(facts.items)
    errors: dict[str, str] = {}
    if facts.way not in Way.values:
        errors["way"] = _("Choose one of: %(names)s.") % {"names": ", ".join(Way.values)}
    if facts.acceptance and facts.acceptance not in Acceptance.values:
        errors["acceptance"] = _("Choose one of: %(names)s.") % {"names": ", ".join(Acceptance.values)}
    if facts.acceptance and any(one.quoted_minor is None for one in facts.items):
        errors["acceptance"] = _(
            "Nobody can agree to a price that is missing. Give each item its quoted price."
        )
    if facts.expires_at is not None and facts.expires_at <= now:
        errors["expires"] = _("This is in the past.")
    if any(one.final_minor is not None for one in facts.items):
        errors["items"] = _("Final prices come with the inspection.")
    if errors:
        raise InvalidRecord(errors)


def _first_status(quoted: int | None, acceptance: str) -> Status:
    if quoted is None:
        return Status.REQUIRES_REVIEW
    return Status.LEAD if acceptance else Status.PENDING


def _take_number(store: Store) -> int:
    """The store's next number; whoever takes one at the same moment waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO tradeins_counter AS counter (store_id, next_number) VALUES (%s, 2)
            ON CONFLICT (store_id) DO UPDATE SET next_number = counter.next_number + 1
            RETURNING next_number - 1""",
            [store.pk],
        )
        row = cursor.fetchone()
    return int(row[0])
