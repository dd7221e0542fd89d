"""Mail on an install without a provider: kept as rows, so that everything can be tried offline."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from regulars.staff.models import OutboxMessage
from regulars.stores.models import Store


class StoreMail(EmailMessage):
    """A mail sent on behalf of a store. `opens_access`: its link lets the reader in; `metadata` goes along to the
    provider, which names it again in what it reports."""

    store: Store | None = None
    opens_access: bool = False
    metadata: dict[str, str] | None = None


class OutboxBackend(BaseEmailBackend):
    """Keeps each mail instead of sending it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        rows = [
            OutboxMessage(
                store=message.store if isinstance(message, StoreMail) else None,
                opens_access=isinstance(message, StoreMail) and message.opens_access,
                to=", ".join(message.recipients()),
                subject=str(message.subject),
                body=_with_names(message),
            )
            for message in email_messages
        ]
        OutboxMessage.objects.bulk_create(rows)
        return len(rows)


def keep_text(*, store: Store, to: str, text: str, opens_access: bool = False) -> None:
    """Keep a text message where mails are kept while no provider is set."""
    OutboxMessage.objects.create(store=store, to=to, subject="", body=text, opens_access=opens_access)


def _with_names(message: EmailMessage) -> str:
    """The text of a mail, with the names of the files that would have gone along."""
    names = [str(part[0]) for part in message.attachments if isinstance(part, tuple) and part[0]]
    return "\n\n".join([str(message.body), *(f"[{name}]" for name in names)])
