"""What can happen to the points of a customer."""

from django.utils.translation import gettext

from regulars.timeline.events import event_kind

_ABOUT = frozenset({"because"})

GIVEN = event_kind("points.given", "{points} points given{because}", icon="coins", personal=_ABOUT)
TAKEN = event_kind("points.taken", "{points} points taken{because}", icon="coins", personal=_ABOUT)
EARNED = event_kind("points.earned", "{points} points earned{because}", icon="coins", personal=_ABOUT)
SPENT = event_kind("points.spent", "{points} points spent{because}", icon="coins", personal=_ABOUT)
EXPIRED = event_kind("points.expired", "{points} points expired", icon="hourglass")
TRANSFERRED = event_kind(
    "points.transferred", "{points} points given to another customer{because}", icon="coins", personal=_ABOUT
)
RECEIVED = event_kind(
    "points.received", "{points} points came from another customer{because}", icon="coins", personal=_ABOUT
)
REVERSED = event_kind(
    "points.reversed", "Taken back: {points} points{because}", icon="arrow-back-up", personal=_ABOUT
)
GIVEN_BACK = event_kind(
    "points.given_back", "Given back: {points} points{because}", icon="arrow-back-up", personal=_ABOUT
)
DRIFTED = event_kind(
    "points.drifted", "The nightly check put the points of {customers} customers right", icon="alert-triangle"
)
PROGRAMME_EDITED = event_kind("points.programme_edited", "Settings of points changed", icon="settings")

RULE_SAVED = event_kind("points.rule_saved", "Earning rule saved: {name}", icon="settings")
RULE_SWITCHED = event_kind(
    "points.rule_switched", "Earning rule {name} switched {to}", icon="settings", words=frozenset({"to"})
)


def _into(text: str) -> str:
    """The tier that took the place of the one lost."""
    return gettext(" into %(tier)s") % {"tier": text.removeprefix(" into ")}


TIER_SAVED = event_kind("tier.saved", "Tier saved: {name}", icon="star")
TIER_REMOVED = event_kind("tier.removed", "Tier removed: {name}", icon="star")
TIER_REACHED = event_kind("tier.reached", "Reached the tier {name}", icon="star")
TIER_LOST = event_kind(
    "tier.lost", "Fell out of the tier {former}{into}", icon="star", labels={"into": _into}
)
TIER_SET = event_kind(
    "tier.set", "Tier set by hand: {name}{because}", icon="star", personal=frozenset({"because"})
)
TIER_SET_BACK = event_kind("tier.set_back", "Tier as before: {name}", icon="arrow-back-up")
