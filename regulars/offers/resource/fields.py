"""What one can see, ask, sort, edit and take out of offers."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from regulars.kit.words import Words
from regulars.loyalty import tier_queries
from regulars.offers.benefits import benefit_of
from regulars.offers.choices import Audience, Codes, Kind, State
from regulars.offers.columns import COLUMNS
from regulars.offers.hours import write_windows
from regulars.offers.kinds import Hours
from regulars.offers.models import Offer
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Choices, Field, Row, Sort
from regulars.segments.queries import segments_of

OFFER, GIVES, CODES, WHEN, LIMITS, WHO, DESK = (
    _("Offer"), _("What it gives"), _("Code"), _("When"), _("How often"), _("For whom"), _("Desk"),
)  # fmt: skip
STATE_TONES: Mapping[str, str] = {
    State.DRAFT: "grey",
    State.ACTIVE: "green",
    State.PAUSED: "amber",
    State.ENDED: "grey",
}
_SAID = ("kind", "percent", "amount_minor", "points", "gift")


def labels(choices: Any) -> Callable[[Context], Choices]:
    """The values of a choice with their labels."""
    return lambda context: [(str(value), str(label)) for value, label in choices.choices]


def _segments(context: Context) -> Choices:
    rows = segments_of(context.store).order_by("name_key").values_list("pk", "name")
    return [(str(pk), name) for pk, name in rows]


def _tiers(context: Context) -> Choices:
    return [(one.name, one.name) for one in tier_queries.tiers_of(store=context.store)]


def said(row: Row, context: Context) -> str:
    """What an offer gives, in a few words."""
    offer = Offer(**{name: row[name] for name in _SAID})
    return benefit_of(offer.kind).say(offer, context.store)


def _edited(name: str, label: Words, kind: kinds.Kind, section: Words, **more: Any) -> Field:
    return Field(
        name=name,
        label=label,
        kind=kind,
        section=section,
        path=COLUMNS.get(name, name),
        editable=True,
        inline=False,
        importable=True,
        **more,
    )


def _choice(name: str, label: Words, choices: Any, section: Words, **more: Any) -> Field:
    return _edited(name, label, kinds.Choice(), section, choices=labels(choices), **more)


FIELDS = (
    _edited(
        "title",
        _("Title"),
        kinds.Text(max_length=200, told=True),
        OFFER,
        required=True,
        shown=True,
        width=240,
        aliases=("name", "offer"),
    ),
    Field(
        name="state",
        label=_("State"),
        kind=kinds.Choice(),
        choices=labels(State),
        section=OFFER,
        tones=STATE_TONES,
        shown=True,
        width=100,
    ),
    _edited(
        "terms",
        _("Terms"),
        kinds.Text(max_length=5000, multiline=True),
        OFFER,
        width=220,
        help=_("The customer sees them."),
        aliases=("conditions",),
    ),
    Field(
        name="benefit",
        label=_("Gives"),
        kind=kinds.Text(),
        section=GIVES,
        path="kind",
        needs=_SAID,
        value=said,
        show=said,
        filterable=False,
        shown=True,
        width=150,
    ),
    _choice("kind", _("Kind"), Kind, GIVES, required=True, width=120),
    _edited(
        "percent", _("Percent"), kinds.Number(), GIVES, optional=True, width=90, goes_with="kind=percent"
    ),
    _edited("amount", _("Amount"), kinds.Money(), GIVES, optional=True, width=100, goes_with="kind=amount"),
    _edited("points", _("Points"), kinds.Integer(), GIVES, optional=True, width=90, goes_with="kind=points"),
    _edited(
        "gift", _("Gift"), kinds.Text(max_length=200, told=True), GIVES, width=140, goes_with="kind=gift"
    ),
    _edited(
        "partial",
        _("In parts"),
        kinds.Boolean(),
        GIVES,
        width=90,
        goes_with="kind=amount",
        help=_("An amount can be used up in parts."),
    ),
    _choice("codes", _("Codes"), Codes, CODES, required=True, width=130),
    _edited(
        "code",
        _("Code"),
        kinds.Text(max_length=60),
        CODES,
        shown=True,
        width=130,
        goes_with="codes=shared",
        help=_("For all; leave it empty to have one made. Capitals, spaces and dashes do not count."),
    ),
    _edited("starts", _("Begins"), kinds.Moment(), WHEN, optional=True, width=120),
    _edited(
        "ends",
        _("Ends"),
        kinds.Moment(),
        WHEN,
        optional=True,
        sort=Sort("ends_at", empties=Q(ends_at__isnull=True)),
        why_empty=_("no end"),
        shown=True,
        width=120,
    ),
    _edited(
        "hours",
        _("Hours of the week"),
        Hours(),
        WHEN,
        show=lambda row, context: write_windows(row["windows"] or ()),
        filterable=False,
        width=160,
        help=_("In the store's time, like Fri 12:00-14:00; Sat 22:00-02:00. Empty: always."),
    ),
    _edited(
        "limit_total",
        _("At most in all"),
        kinds.Integer(minimum=0, maximum=2**31 - 1),
        LIMITS,
        width=110,
        help=_("0: as often as people like."),
    ),
    _edited(
        "limit_per_customer",
        _("At most each"),
        kinds.Integer(minimum=0, maximum=2**31 - 1),
        LIMITS,
        width=110,
        help=_("For one customer; empty: once, 0: as often as they like. Guests are nobody in particular."),
    ),
    _edited(
        "minimum", _("Bill from"), kinds.Money(), LIMITS, width=100, help=_("0: whatever the bill comes to.")
    ),
    _choice("audience", _("For"), Audience, WHO, required=True, width=130),
    _edited(
        "segment",
        _("Segment"),
        kinds.Reference(),
        WHO,
        choices=_segments,
        goes_with="audience=segment",
        needs=("segment_id", "segment__name"),
        value=lambda row, context: row["segment__name"],
        width=130,
    ),
    _edited("tier", _("Tier"), kinds.Choice(), WHO, choices=_tiers, goes_with="audience=tier", width=100),
    _edited(
        "guests",
        _("Guests too"),
        kinds.Boolean(),
        WHO,
        width=90,
        help=_("Who is no customer on record can redeem it."),
    ),
    _edited(
        "hold_out",
        _("Held out, %"),
        kinds.Integer(minimum=0, maximum=90),
        WHO,
        width=90,
        help=_("So many of a hundred are not sent it, to see what it brings."),
    ),
    _edited(
        "external_id",
        _("External id"),
        kinds.Text(max_length=120),
        DESK,
        width=130,
        help=_("What another system calls it."),
    ),
    Field(
        name="redeemed",
        label=_("Redeemed"),
        kind=kinds.Integer(),
        section=LIMITS,
        shown=True,
        width=100,
        help=_("Redemptions that were not taken back."),
    ),
    Field(
        name="author",
        label=_("Added by"),
        kind=kinds.Text(),
        section=DESK,
        path="author_name",
        width=130,
    ),
    Field(
        name="created",
        label=_("Added"),
        kind=kinds.Moment(),
        section=DESK,
        path="created_at",
        sort=Sort("created_at"),
        shown=True,
        width=120,
    ),
)
