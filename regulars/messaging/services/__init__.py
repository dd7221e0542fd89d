"""Writing to customers: the only code that changes the tables of messages."""

from regulars.messaging.services.delivering import deliver_due
from regulars.messaging.services.queueing import Wanted, send, send_many

__all__ = ["Wanted", "deliver_due", "send", "send_many"]
