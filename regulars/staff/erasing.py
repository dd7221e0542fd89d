"""Taking people out of the messages that a store's outbox keeps."""

from regulars.kit.traces import Traces
from regulars.staff.models import OutboxMessage
from regulars.stores.models import Store

_COLUMNS = ("to", "subject", "body")


def clean_messages(*, store: Store, traces: Traces) -> None:
    """Remove kept messages to these people, and take them out of others; a name alone may be a colleague's."""
    for message in OutboxMessage.objects.filter(store=store).only(*_COLUMNS).iterator():
        cleaned = {name: traces.clean(getattr(message, name), names=False) for name in _COLUMNS}
        if cleaned["to"] != message.to:
            message.delete()
        elif any(value != getattr(message, name) for name, value in cleaned.items()):
            OutboxMessage.objects.filter(pk=message.pk).update(**cleaned)
