"""What can happen to offers, and to customers with them."""

from regulars.timeline.events import event_kind

CREATED = event_kind("offer.created", "Offer added", icon="gift")
EDITED = event_kind("offer.edited", "Edited", icon="pencil")
MOVED = event_kind("offer.moved", "Now {state}", icon="gift", words=frozenset({"state"}))
PICTURED = event_kind("offer.pictured", "Picture brought", icon="photo")
UNPICTURED = event_kind("offer.unpictured", "Picture taken away", icon="photo")
CODES_MADE = event_kind("offer.codes_made", "{count} codes made", icon="gift")
CODES_BROUGHT = event_kind("offer.codes_brought", "{count} codes brought along", icon="gift")
SETTINGS_EDITED = event_kind("offer.settings_edited", "Settings of offers changed", icon="settings")
SENT = event_kind("offer.sent", "Offer sent: {offer}", icon="send")
HELD_OUT = event_kind("offer.held_out", "Offer not sent, to compare with: {offer}", icon="gift")
FAVOURITED = event_kind("offer.favourited", "Offer marked as favourite: {offer}", icon="star")
UNFAVOURITED = event_kind("offer.unfavourited", "Offer no longer a favourite: {offer}", icon="star")
CLAIMED = event_kind("offer.claimed", "Offer claimed: {offer}", icon="gift")
REDEEMED = event_kind("offer.redeemed", "Offer redeemed: {offer}{worth}", icon="gift")
VOIDED = event_kind(
    "offer.voided", "Redemption taken back: {offer}{because}", icon="x", personal=frozenset({"because"})
)
REMOVED = event_kind("offer.removed", "Taken away again: {offer}", icon="trash")
