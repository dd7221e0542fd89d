"""What one can see, ask, sort and take out of the rules of the block list."""

from typing import Any

from django.db.models import (
    Case,
    CharField,
    Expression,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regulars.blocklist.choices import Mode, RuleKind, RuleList, Status
from regulars.blocklist.identities import shown
from regulars.blocklist.models import Hit
from regulars.blocklist.resource.kinds import About
from regulars.blocklist.resource.permissions import VALUES
from regulars.customers.resource.permissions import VIEW as SEE_CUSTOMERS
from regulars.kit.errors import Invalid
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.dates import day_start, shift
from regulars.resources.field import Choices, Field, Row, Sort
from regulars.resources.language import Condition

RULE, HISTORY = _("Rule"), _("History")
HIT_DAYS = 30
WHO = ("customer__first_name", "customer__last_name", "customer__company")


def about(row: Row, context: Context) -> str:
    """Whom a rule is about, as far as the reader may see it."""
    if row["kind"] == RuleKind.CUSTOMER:
        name = f"{row['customer__first_name'] or ''} {row['customer__last_name'] or ''}".strip()
        name = name or row["customer__company"] or ""
        return f"{name} ({row['masked']})" if name and context.actor.may(SEE_CUSTOMERS) else row["masked"]
    if row["value"] and context.actor.may(VALUES):
        return shown(row["kind"], row["value"])
    return str(row["masked"])


def exported(row: Row, context: Context) -> str:
    """The value as a file holds it, so that it can come back."""
    if row["kind"] == RuleKind.CUSTOMER:
        return str(row["masked"])
    return str(row["value"] if row["value"] and context.actor.may(VALUES) else row["masked"])


def _labels(choices: Any) -> Any:
    def found(context: Context) -> Choices:
        return [(str(value), str(label)) for value, label in choices.choices]

    return found


def _status(context: Context) -> Expression:
    return Case(
        When(expires_at__lte=context.now, then=Value(Status.EXPIRED)),
        When(mode=Mode.SHADOW, then=Value(Status.SHADOW)),
        default=Value(Status.ACTIVE),
        output_field=CharField(),
    )


def _status_condition(condition: Condition, field: Field, context: Context) -> Q:
    if condition.operator in ("is empty", "is not empty"):
        return kinds.NOTHING if condition.operator == "is empty" else kinds.ANYTHING
    expired = Q(expires_at__isnull=False, expires_at__lte=context.now)
    meanings = {
        Status.EXPIRED: expired,
        Status.SHADOW: Q(mode=Mode.SHADOW) & ~expired,
        Status.ACTIVE: Q(mode=Mode.ACTIVE) & ~expired,
    }
    found = kinds.NOTHING
    for raw in condition.values:
        value = field.clean(raw, context)
        if value not in meanings:
            raise Invalid(gettext("Choose a state."))
        found |= meanings[value]
    return ~found if condition.operator in ("!=", "not in") else found


def _hits(context: Context) -> Expression:
    since = day_start(shift(context.today, 1 - HIT_DAYS, "d"), context)
    hits = Hit.objects.filter(store=OuterRef("store"), rule=OuterRef("pk"), minute__gte=since)
    counted = hits.order_by().values("rule").annotate(total=Sum("times")).values("total")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


FIELDS = (
    Field(
        name="value",
        label=_("Who"),
        kind=About(max_length=320),
        section=RULE,
        path="masked",
        needs=("kind", "value", "masked", *WHO),
        value=exported,
        show=about,
        shown=True,
        width=260,
        importable=True,
        aliases=("value", "email", "e-mail", "domain", "ip", "address", "phone", "pattern", "entry"),
        help=_("An e-mail, a domain, an IP address or network, a phone number, or the number of a customer."),
    ),
    Field(
        name="kind",
        label=_("Kind"),
        kind=kinds.Choice(),
        section=RULE,
        choices=_labels(RuleKind),
        shown=True,
        width=110,
        importable=True,
        aliases=("kind", "type"),
        help=_("email, domain, ip, phone or customer"),
    ),
    Field(
        name="list",
        label=_("List"),
        kind=kinds.Choice(),
        section=RULE,
        choices=_labels(RuleList),
        tones={RuleList.BLOCK: "red", RuleList.TRUST: "green"},
        width=90,
        importable=True,
        aliases=("list", "action"),
        help=_("block or trust; trust wins"),
    ),
    Field(
        name="mode",
        label=_("Mode"),
        kind=kinds.Choice(),
        section=RULE,
        choices=_labels(Mode),
        width=90,
        editable=True,
        importable=True,
        help=_("In shadow mode nobody is turned away; hits are only counted."),
    ),
    Field(
        name="status",
        label=_("Status"),
        kind=kinds.Choice(),
        section=RULE,
        expression=_status,
        condition=_status_condition,
        choices=_labels(Status),
        tones={Status.ACTIVE: "green", Status.SHADOW: "amber", Status.EXPIRED: "grey"},
        shown=True,
        width=100,
    ),
    Field(
        name="reason",
        label=_("Reason"),
        kind=kinds.Text(max_length=1000),
        section=RULE,
        editable=True,
        inline=False,
        importable=True,
        shown=True,
        width=220,
        personal="notes",
        aliases=("reason", "note", "comment"),
        help=_("Only staff see it."),
    ),
    Field(
        name="reason_shown",
        label=_("Reason shown"),
        kind=kinds.Text(max_length=500),
        section=RULE,
        editable=True,
        inline=False,
        importable=True,
        width=220,
        personal="notes",
        help=_("The person may read it when they are turned away."),
    ),
    Field(
        name="expires",
        path="expires_at",
        label=_("Until"),
        kind=kinds.Until(),
        section=RULE,
        sort=Sort("expires_at", empties=Q(expires_at__isnull=True)),
        editable=True,
        inline=False,
        importable=True,
        shown=True,
        why_empty=_("for good"),
        width=130,
        aliases=("expires", "expires at", "expiry", "until"),
        help=_("A day like 2027-01-31, which is still blocked, or a day with time."),
    ),
    Field(
        name="hits",
        label=_("Hits, 30 days"),
        kind=kinds.Integer(),
        section=HISTORY,
        path="hits_lately",
        expression=_hits,
        shown=True,
        width=110,
    ),
    Field(
        name="author",
        path="author_name",
        label=_("Added by"),
        kind=kinds.Text(),
        section=HISTORY,
        shown=True,
        width=140,
    ),
    Field(
        name="created",
        path="created_at",
        label=_("Added"),
        kind=kinds.Moment(),
        section=HISTORY,
        sort=Sort("created_at"),
        shown=True,
        width=120,
    ),
)
