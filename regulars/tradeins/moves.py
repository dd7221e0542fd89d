"""The one table of what can become of a trade-in: from which states, for which way, to which state.

Buttons, bulk actions, API, command line and the property test are all made from it.
"""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from regulars.kit.words import Words
from regulars.timeline.events import EventKind, event_kind
from regulars.tradeins.choices import Status, Way


@dataclass(frozen=True, slots=True)
class Move:
    """One step. `way` limits it to trade-ins at the counter or by post; `asks` names what is asked for it.

    The worker's own steps are `by_worker` alone. What is `final` cannot be undone, with the reason.
    """

    name: str
    label: Words
    done_label: Words
    sentence: str
    icon: str
    sources: tuple[Status, ...]
    target: Status
    way: Way | None = None
    asks: tuple[str, ...] = ()
    danger: bool = False
    main: bool = False
    by_worker: bool = False
    final: Words = ""
    event: EventKind = field(init=False)

    def __post_init__(self) -> None:
        key = f"tradein.{self.name.replace('-', '_')}"
        kind = event_kind(key, self.sentence, icon=self.icon, personal=frozenset({"because"}))
        object.__setattr__(self, "event", kind)

    def fits(self, *, status: str, way: str) -> bool:
        """Whether a trade-in in this state, that came this way, can take the step."""
        return status in self.sources and self.way in (None, way)


S = Status
MOVES = (
    Move(
        "quote",
        _("Send the quote"),
        _("Quoted"),
        gettext_noop("Quoted"),
        "send",
        (S.REQUIRES_REVIEW,),
        S.PENDING,
        main=True,
    ),
    Move(
        "review",
        _("Ask for review"),
        _("Waiting for review"),
        gettext_noop("Waits for review{because}"),
        "eye",
        (S.PENDING,),
        S.REQUIRES_REVIEW,
        asks=("why",),
    ),
    Move(
        "accept",
        _("Accept the quote"),
        _("Accepted"),
        gettext_noop("Quote accepted"),
        "check",
        (S.PENDING,),
        S.LEAD,
        asks=("acceptance",),
        main=True,
    ),
    Move(
        "take-in",
        _("Take in at the counter"),
        _("Taken in"),
        gettext_noop("Taken in at the counter"),
        "building-store",
        (S.LEAD,),
        S.BEING_INSPECTED,
        way=Way.IN_STORE,
        main=True,
    ),
    Move(
        "send",
        _("Mark as sent"),
        _("In transit"),
        gettext_noop("Sent by the customer"),
        "package",
        (S.LEAD,),
        S.IN_TRANSIT,
        way=Way.MAIL_IN,
        asks=("courier", "tracking_number"),
        main=True,
    ),
    Move(
        "deliver",
        _("Mark as delivered"),
        _("Delivered"),
        gettext_noop("Delivered to the shop"),
        "package",
        (S.LEAD, S.IN_TRANSIT),
        S.DELIVERED,
        way=Way.MAIL_IN,
        main=True,
    ),
    Move(
        "as-described",
        _("As described"),
        _("To be paid"),
        gettext_noop("Found as described"),
        "circle-check",
        (S.BEING_INSPECTED,),
        S.PAYOUT_PROCESSING,
        main=True,
    ),
    Move(
        "not-as-described",
        _("Not as described"),
        _("Not as described"),
        gettext_noop("Found not as described{because}"),
        "alert-triangle",
        (S.BEING_INSPECTED,),
        S.NOT_AS_DESCRIBED,
        asks=("price", "why"),
        main=True,
    ),
    Move(
        "accept-price",
        _("Accept the new price"),
        _("To be paid"),
        gettext_noop("New price accepted"),
        "check",
        (S.NOT_AS_DESCRIBED,),
        S.PAYOUT_PROCESSING,
        asks=("acceptance",),
        main=True,
    ),
    Move(
        "hold",
        _("Put on hold"),
        _("On hold"),
        gettext_noop("Put on hold{because}"),
        "player-pause",
        (S.DELIVERED, S.BEING_INSPECTED, S.NOT_AS_DESCRIBED, S.PAYOUT_PROCESSING),
        S.ON_HOLD,
        asks=("hold", "why"),
    ),
    Move(
        "release",
        _("End the hold"),
        _("Being inspected"),
        gettext_noop("Hold ended"),
        "player-play",
        (S.ON_HOLD,),
        S.BEING_INSPECTED,
        main=True,
    ),
    Move(
        "pay",
        _("Mark as paid"),
        _("Completed"),
        gettext_noop("Paid out: {amount}"),
        "wallet",
        (S.PAYOUT_PROCESSING,),
        S.COMPLETED,
        asks=("reference",),
        main=True,
        final=_(
            "This was paid out and cannot be undone. What was paid as store credit or in points can be taken back"
            " there."
        ),
    ),
    Move(
        "return",
        _("Send back"),
        _("To be sent back"),
        gettext_noop("To be sent back{because}"),
        "arrow-back-up",
        (S.DELIVERED, S.BEING_INSPECTED, S.NOT_AS_DESCRIBED, S.ON_HOLD),
        S.RETURN,
        asks=("why",),
    ),
    Move(
        "returned",
        _("Mark as returned"),
        _("Returned"),
        gettext_noop("Returned to the customer"),
        "arrow-back-up",
        (S.RETURN,),
        S.RETURNED,
        asks=("courier", "tracking_number"),
        main=True,
    ),
    # After what usually comes next: from payout or return one seldom goes back to it.
    Move(
        "inspect",
        _("Inspect"),
        _("Being inspected"),
        gettext_noop("Inspection began"),
        "search",
        (S.DELIVERED, S.PAYOUT_PROCESSING, S.RETURN),
        S.BEING_INSPECTED,
        main=True,
    ),
    Move(
        "renew",
        _("Offer again"),
        _("Offered again"),
        gettext_noop("Offered again"),
        "refresh",
        (S.EXPIRED, S.ABANDONED),
        S.PENDING,
        main=True,
    ),
    Move(
        "abandon",
        _("Mark as abandoned"),
        _("Abandoned"),
        gettext_noop("Abandoned{because}"),
        "clock",
        (S.LEAD, S.IN_TRANSIT),
        S.ABANDONED,
        asks=("why",),
    ),
    Move(
        "cancel",
        _("Cancel the trade-in"),
        _("Cancelled"),
        gettext_noop("Cancelled{because}"),
        "circle-x",
        (S.REQUIRES_REVIEW, S.PENDING, S.LEAD, S.IN_TRANSIT),
        S.CANCELLED,
        asks=("why",),
        danger=True,
    ),
    Move(
        "expire",
        _("Expire"),
        _("Expired"),
        gettext_noop("Expired"),
        "clock",
        (S.PENDING, S.LEAD),
        S.EXPIRED,
        by_worker=True,
    ),
)
BY_NAME = {move.name: move for move in MOVES}


@dataclass(frozen=True, slots=True)
class OwnMove:
    """A step that customers take themselves: which one, how it is said to them, and from where; `sources` limits those
    of the move. `because` is what the history says of it."""

    name: str
    label: Words
    text: Words
    move: Move
    sources: tuple[Status, ...] = ()
    asks: tuple[str, ...] = ()
    because: Words = ""
    main: bool = False

    def fits(self, *, status: str, way: str) -> bool:
        """Whether a customer can take the step with a trade-in in this state, that came this way."""
        return self.move.fits(status=status, way=way) and (not self.sources or status in self.sources)


OWN_MOVES = (
    OwnMove(
        "accept",
        _("Accept the price"),
        _("We pay this if your things are as you described them."),
        BY_NAME["accept"],
        main=True,
    ),
    OwnMove(
        "decline",
        _("Decline the price"),
        _("The trade-in is then cancelled."),
        BY_NAME["cancel"],
        sources=(S.PENDING,),
        because=_("the customer declined the price"),
    ),
    OwnMove(
        "send",
        _("I have sent it"),
        _("With the courier and number we can follow your parcel."),
        BY_NAME["send"],
        asks=("courier", "tracking_number"),
        main=True,
    ),
    OwnMove(
        "accept-price",
        _("Accept the new price"),
        _("We found your things other than described. Accept, and we pay the new price."),
        BY_NAME["accept-price"],
        main=True,
    ),
    OwnMove(
        "decline-price",
        _("Decline, send it back"),
        _("We then send your things back to you."),
        BY_NAME["return"],
        sources=(S.NOT_AS_DESCRIBED,),
        because=_("the customer declined the new price"),
    ),
    OwnMove(
        "cancel",
        _("Cancel the trade-in"),
        _("You can start another one at any time."),
        BY_NAME["cancel"],
        sources=(S.REQUIRES_REVIEW, S.LEAD),
        because=_("the customer cancelled it"),
    ),
)
BY_CUSTOMER = {one.name: one for one in OWN_MOVES}
