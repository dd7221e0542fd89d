"""The ledger of points in the catalogue: a list that one can look through, take out, and add to from files."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from regulars.customers.queries import customers_of, search_filter
from regulars.customers.resource.permissions import VIEW as SEE_CUSTOMERS
from regulars.kit.actor import Actor
from regulars.kit.errors import Refused
from regulars.kit.ids import parse_id
from regulars.loyalty import queries, services
from regulars.loyalty.choices import Kind
from regulars.loyalty.importer import IMPORTER
from regulars.loyalty.resource.fields import FIELDS
from regulars.loyalty.resource.permissions import VOID
from regulars.resources import kinds
from regulars.resources.action import Action
from regulars.resources.context import Context
from regulars.resources.field import Field, Row, Span
from regulars.resources.resource import Resource, Tab
from regulars.stores.models import Store


class OnlyAddedTo(Refused):
    """Entries of the ledger are made by verbs and never changed."""

    code = "only_added_to"
    status = 405


def _create(*, store: Store, values: dict[str, Any], actor: Actor, now: datetime) -> UUID:
    raise OnlyAddedTo(_("Give or take points with the action “adjust-points” of the customer."))


def _edit(
    *,
    store: Store,
    record_id: UUID,
    values: dict[str, Any],
    base_version: int | None,
    actor: Actor,
    now: datetime,
) -> int:
    raise OnlyAddedTo(_("An entry of points stays as it is. Void it, and give or take anew."))


def _title(row: Row) -> str:
    return f"{row['points']:+,}"


def _search_filter(text: str, context: Context) -> Q:
    """Entries that a text means: by id or key, or by the number or name of the customer."""
    if (record_id := parse_id(text)) is not None:
        return Q(pk=record_id) | Q(customer=record_id)
    if not (word := text.strip()):
        return Q(pk__in=[])
    customers = customers_of(context.store)
    if context.actor.may(SEE_CUSTOMERS):
        people = customers.filter(search_filter(word, context))
    else:
        digits = word.lstrip("#")
        known = digits.isascii() and digits.isdigit() and len(digits) <= 15
        people = customers.filter(number=int(digits)) if known else customers.none()
    return queries.meant_by(context.store, word, people=people)


def _summary(rows: QuerySet[Any], context: Context) -> list[tuple[str, str]]:
    sums = rows.order_by().aggregate(
        given=Sum("points", default=0, filter=Q(points__gt=0)),
        taken=Sum("points", default=0, filter=Q(points__lt=0)),
    )
    return [(_("Given"), f"{sums['given']:,}"), (_("Taken"), f"{-sums['taken']:,}")]


def _preview_void(
    *, store: Store, ids: list[UUID], count: int, inputs: dict[str, Any], actor: Actor, now: datetime
) -> list[str]:
    """What taking entries back comes to."""
    entries = queries.entries_of(store).filter(pk__in=ids)
    back = -sum(entries.values_list("points", flat=True))
    said = ngettext(
        "%(n)s entry is taken back by one of the opposite: %(points)s points.",
        "%(n)s entries are taken back by as many of the opposite: %(points)s points.",
        count,
    )
    return [
        said % {"n": f"{count:,}", "points": f"{back:+,}"},
        _("Points that were spent since become a debt. Both entries stay in the ledger."),
    ]


VOID_ENTRY = Action(
    name="void-points",
    label=pgettext_lazy("verb", "Void"),
    done_label=gettext_lazy("Taken back"),
    icon="arrow-back-up",
    part="final",
    permission=VOID,
    danger=True,
    confirm=gettext_lazy("Take this entry back? The customer's points change at once."),
    inputs=(
        Field(
            name="reason",
            label=gettext_lazy("Reason"),
            kind=kinds.Text(max_length=300),
            required=True,
            help=gettext_lazy("Kept with the entry; only staff see it."),
        ),
    ),
    preview=_preview_void,
    perform=services.void_points,
    needs=("voided",),
    offered=lambda row: not row["voided"],
)

POINTS = Resource(
    name="points",
    label=gettext_lazy("Points"),
    singular=gettext_lazy("Entry of points"),
    noun="entry",
    rows=queries.ledger_of,
    title=_title,
    title_needs=("points",),
    search=lambda text, context: [Span(None, "created_at", True)],
    search_filter=_search_filter,
    search_names=True,
    search_hint=gettext_lazy("Customer, key"),
    tabs=(
        Tab("all", gettext_lazy("All"), Q()),
        Tab("given", gettext_lazy("Given"), Q(points__gt=0), counted=False),
        Tab("taken", gettext_lazy("Taken"), Q(points__lt=0), counted=False),
        Tab("expired", gettext_lazy("Expired"), Q(kind=Kind.EXPIRE), counted=False),
        Tab("pending", gettext_lazy("Pending"), Q(pending=True), counted=False),
    ),
    default_tab="all",
    default_sort=("made", True),
    summary=_summary,
    create=_create,
    edit=_edit,
    lead="points",
    columns=("made", "points", "customer", "kind", "balance", "left", "expires", "reason", "note"),
    documentation="points",
    importer=IMPORTER,
)
POINTS.add(fields=FIELDS, actions=(VOID_ENTRY,))
