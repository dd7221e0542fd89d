"""What can happen to a store."""

from regulars.timeline.events import event_kind

STORE_CREATED = event_kind("store.created", "Opened the store", icon="building-store")
STORE_EDITED = event_kind("store.edited", "Changed settings of the store", icon="settings")
