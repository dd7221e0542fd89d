"""What trade-ins add to customers: what one can ask, where they are found by, the tabs, and how they are paid."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.customers.choices import PayoutKind
from regulars.kit.actor import Actor
from regulars.kit.errors import InvalidRecord, Refused
from regulars.resources import kinds
from regulars.resources.action import Action, Outcome
from regulars.resources.context import Context
from regulars.resources.field import Field, Row
from regulars.resources.figure import Figure
from regulars.resources.finder import Find, Finder, Sure
from regulars.resources.flow import Flow
from regulars.resources.links import Link
from regulars.resources.related import Related
from regulars.stores.models import Store
from regulars.timeline.services import OpenChangeSet
from regulars.tradeins import queries, services
from regulars.tradeins.choices import OPEN, Acceptance, Way
from regulars.tradeins.kinds import Items
from regulars.tradeins.models import TradeIn
from regulars.tradeins.payouts import METHODS, method_of
from regulars.tradeins.resource.fields import LINK_FIELDS, labels
from regulars.tradeins.resource.permissions import CREATE, PAYOUTS, VIEW
from regulars.tradeins.services import NewTradeIn


def _open(context: Context) -> Coalesce:
    waiting = TradeIn.objects.filter(store=OuterRef("store"), customer=OuterRef("pk"), status__in=OPEN)
    counted = waiting.order_by().values("customer").annotate(total=Count("pk")).values("total")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _theirs(row: Row) -> str:
    return f"customer = {row['number']}"


def _find(text: str, context: Context, limit: int) -> list[Find]:
    """By the number of a trade-in, of a parcel, or the serial number or IMEI of a thing."""
    found = queries.find_tradeins(store=context.store, text=text, limit=limit)
    words = _("Trade-in %(number)s")
    return [
        Find(one.customer_id, words % {"number": f"#{one.number}"}, ("tradeins", one.pk)) for one in found
    ]


def read_particulars(text: str) -> dict[str, str]:
    """Lines like "iban: DE89…" as machines and the command line send them."""
    lines = (line.partition(":") for line in text.splitlines() if line.strip())
    return {name.strip().lower().replace(" ", "_"): value.strip() for name, _colon, value in lines}


def _typed(kind: str, text: str, context: Context) -> dict[str, Any]:
    """The particulars as they are kept. Raises `InvalidRecord`."""
    method, typed = method_of(kind), read_particulars(text)
    known = ", ".join(field.name for field in method.fields) or gettext_lazy("nothing")
    if set(typed) - {field.name for field in method.fields}:
        raise InvalidRecord(
            {"particulars": _("%(label)s takes: %(known)s.") % {"label": method.kind.label, "known": known}}
        )
    try:
        return method.clean(typed, context)
    except InvalidRecord as refusal:
        raise InvalidRecord(
            {"particulars": " ".join(f"{name}: {text}" for name, text in refusal.errors.items())}
        ) from refusal


def take_down(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Take a trade-in of a customer down."""
    outcome = Outcome()
    for one in ids:
        facts = NewTradeIn(customer_id=one, **inputs)
        try:
            services.create_tradein(store=store, facts=facts, actor=actor, now=now)
        except InvalidRecord:
            raise
        except Refused as refusal:
            outcome.skipped[one] = refusal.sentence
        else:
            outcome.done.append(one)
    return outcome


def pay_customers(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Say how a customer is usually paid."""
    context = Context(store=store, actor=actor, now=now)
    values = _typed(inputs["kind"], inputs["particulars"], context) if inputs["kind"] else {}
    outcome = Outcome()
    for one in ids:
        try:
            services.set_customer_payout(
                store=store, customer_id=one, kind=inputs["kind"], values=values, actor=actor, now=now
            )
        except Refused as refusal:
            outcome.skipped[one] = refusal.sentence
        else:
            outcome.done.append(one)
    return outcome


def pay_tradeins(
    *,
    store: Store,
    ids: list[UUID],
    inputs: dict[str, Any],
    actor: Actor,
    now: datetime,
    change_set: OpenChangeSet | None,
) -> Outcome:
    """Say how a trade-in is paid."""
    if not inputs["kind"]:
        raise InvalidRecord({"kind": _("Choose one of: %(names)s.") % {"names": ", ".join(METHODS)}})
    values = _typed(inputs["kind"], inputs["particulars"], Context(store=store, actor=actor, now=now))
    outcome = Outcome()
    for one in ids:
        try:
            services.set_payout(
                store=store, tradein_id=one, kind=inputs["kind"], values=values, actor=actor, now=now
            )
        except Refused as refusal:
            outcome.skipped[one] = refusal.sentence
        else:
            outcome.done.append(one)
    return outcome


_INPUTS = (
    Field(name="kind", label=gettext_lazy("Payout method"), kind=kinds.Choice(), choices=labels(PayoutKind)),
    Field(
        name="particulars",
        label=gettext_lazy("Particulars"),
        kind=kinds.Text(max_length=2000, multiline=True),
        help=gettext_lazy("One line each, like “iban: DE89…” and “holder: Ada Lovelace”."),
    ),
)


def _payout(resource: str, perform: Any, **more: Any) -> Action:
    return Action(
        name="set-payout",
        label=gettext_lazy("Payout method…"),
        done_label=gettext_lazy("Payout method set"),
        icon="wallet",
        permission=PAYOUTS,
        scope="one",
        inputs=_INPUTS,
        ask_url=lambda store, ids: f"/desk/{store.slug}/{resource}/{ids[0]}/payout/",
        perform=perform,
        **more,
    )


TRADE_IN = Action(
    name="trade-in",
    label=gettext_lazy("New trade-in…"),
    done_label=gettext_lazy("Trade-in saved"),
    icon="package",
    permission=CREATE,
    scope="one",
    inputs=(
        Field(name="way", label=gettext_lazy("Way"), kind=kinds.Choice(), choices=labels(Way), required=True),
        Field(
            name="acceptance",
            label=gettext_lazy("Acceptance"),
            kind=kinds.Choice(),
            choices=labels(Acceptance),
        ),
        Field(
            name="items",
            label=gettext_lazy("Items"),
            kind=Items(),
            required=True,
            help=gettext_lazy("One line each: title | condition | serial or IMEI | quoted price."),
        ),
    ),
    ask_url=lambda store, ids: f"/desk/{store.slug}/tradeins/new/?for={ids[0]}",
    perform=take_down,
    needs=("state",),
    offered=lambda row: row["state"] != "anonymised",
)
CUSTOMER_PAYOUT = _payout(
    "customers", pay_customers, needs=("state",), offered=lambda row: row["state"] != "anonymised"
)
TRADEIN_PAYOUT = _payout(
    "tradeins", pay_tradeins, needs=("status",), offered=lambda row: row["status"] in OPEN
)
OPEN_TRADEINS = Field(
    name="open_tradeins",
    label=gettext_lazy("Open trade-ins"),
    kind=kinds.Integer(),
    section=gettext_lazy("Buying"),
    path="tradeins_open",
    expression=_open,
    filterable=False,
    permission=VIEW,
    width=110,
    help=gettext_lazy("To ask for it, use “has tradeins (…)”."),
)
FIGURE = Figure(
    field="open_tradeins",
    rank=70,
    rows="tradeins",
    where=lambda row: f"{_theirs(row)} and status in ({', '.join(OPEN)})",
    needs=("number",),
    page=False,
    card=True,
    if_any=True,
    tone="amber",
)
LINK = Link(
    name="tradeins",
    label=gettext_lazy("Trade-ins"),
    singular=gettext_lazy("Trade-in"),
    rows=queries.tradeins_of,
    permission=VIEW,
    fields=LINK_FIELDS,
)
FINDER = Finder(
    name="tradein",
    label=gettext_lazy("the number of a trade-in, a serial or IMEI, a tracking number"),
    sure=Sure.NAMES_ONE,
    find=_find,
    permission=VIEW,
)
FLOW = Flow(
    name="sold",
    label=gettext_lazy("Sold to us"),
    rank=30,
    sign=-1,
    entries=queries.paid_to,
    at="paid_at",
    amount="final_minor",
    said="number",
    thing=("tradeins", "pk"),
    rows="tradeins",
    where=lambda row: f"{_theirs(row)} and status = completed",
    permission=VIEW,
)
RELATED = tuple(
    Related(
        name=name,
        label=label,
        rows="tradeins",
        rank=rank,
        where=lambda row, way=way: f"{_theirs(row)} and way = {way}",  # type: ignore[misc]
        without=("customer", "way"),
    )
    for name, label, way, rank in (
        ("in-store", gettext_lazy("In-store offers"), Way.IN_STORE.value, 30),
        ("mail-in", gettext_lazy("Mail-in offers"), Way.MAIL_IN.value, 31),
    )
)
