"""What tiers add to customers, and earning to orders."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from regulars.customers.queries import looked_up
from regulars.customers.resource.fields.common import BUYING
from regulars.loyalty import events, services, tier_queries
from regulars.loyalty.choices import Origin
from regulars.loyalty.resource.permissions import CHANGE, TIER_BY_HAND
from regulars.loyalty.services import members
from regulars.resources import kinds
from regulars.resources.action import Action
from regulars.resources.context import Context
from regulars.resources.field import Choices, Field
from regulars.resources.links import Link
from regulars.resources.resource import contribute
from regulars.timeline.undoing import final, undoable


def _tiers(context: Context) -> Choices:
    return [(str(one.pk), one.name) for one in tier_queries.tiers_of(store=context.store)]


def _names(context: Context) -> Choices:
    return [(one.name, one.name) for one in tier_queries.tiers_of(store=context.store)]


def _tones(context: Context) -> dict[str, str]:
    return {one.name: one.colour for one in tier_queries.tiers_of(store=context.store)}


def _tiers_or_automatic(context: Context) -> Choices:
    return [*_tiers(context), (members.AUTOMATIC, _now("What was reached"))]


def _origins(context: Context) -> Choices:
    return [(value, str(label)) for value, label in Origin.choices]


def _has_tiers(context: Context) -> bool:
    return bool(tier_queries.tiers_of(store=context.store))


TIER = Field(
    name="tier",
    label=_("Tier"),
    kind=kinds.Choice(),
    section=BUYING,
    path="tier",
    choices=_names,
    tones=_tones,
    condition=looked_up,
    width=110,
    help=_("The level of the points programme."),
)
MEMBERSHIPS = Link(
    name="tier_memberships",
    label=_("Times in a tier"),
    singular=_("Time in a tier"),
    rows=tier_queries.memberships_of,
    permission="customers.view",
    fields=(
        Field(name="tier", label=_("Tier"), kind=kinds.Reference(), path="tier_id", choices=_tiers),
        Field(name="origin", label=_("How"), kind=kinds.Choice(), choices=_origins),
        Field(name="since", label=_("Since"), kind=kinds.Moment(), path="since"),
        Field(name="until", label=_("Until"), kind=kinds.Moment(), path="until", optional=True),
    ),
)
SET = Action(
    name="set-tier",
    label=_("Set tier"),
    done_label=_("Tier set"),
    icon="star",
    permission=TIER_BY_HAND,
    inputs=(
        Field(
            name="tier",
            label=_("Tier"),
            kind=kinds.Choice(),
            choices=_tiers_or_automatic,
            required=True,
        ),
        Field(
            name="until",
            label=_("Last day"),
            kind=kinds.Date(),
            help=_("After it, what was reached decides again. Empty: for good."),
        ),
        Field(
            name="reason",
            label=_("Reason"),
            kind=kinds.Text(max_length=300),
            required=True,
            help=_("Kept with the membership; only staff see it."),
        ),
    ),
    perform=members.set_tier,
    possible=_has_tiers,
    needs=("state",),
    offered=lambda row: row["state"] != "anonymised",
)
EARN = Action(
    name="earn-points",
    label=_("Let earn points"),
    done_label=_("Points given"),
    icon="star",
    permission=CHANGE,
    confirm=_(
        "Orders that came with a file earn no points by themselves. Give the points of these orders now?"
    ),
    perform=services.earn_orders,
)


def declare_members() -> None:
    """Called once, at start."""
    contribute("customers", fields=(TIER,), links=(MEMBERSHIPS,), actions=(SET,), after="adjust-points")
    contribute("orders", actions=(EARN,))
    undoable(events.TIER_SET, members.undo_tier, permission=TIER_BY_HAND)
    for kind in (events.TIER_REACHED, events.TIER_LOST):
        final(kind, _("What was reached decides about tiers. Set the tier by hand instead."))
