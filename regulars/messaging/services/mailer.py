"""One connection for the mail of a run: opened for the first, closed after the last or when something went wrong."""

from contextlib import suppress
from smtplib import SMTPException

from django.core.mail import mailers
from django.core.mail.backends.base import BaseEmailBackend

from regulars.staff.outbox import StoreMail


class Mailer:
    """Sends mail after mail to the provider that is set, else to the Outbox."""

    def __init__(self) -> None:
        self._opened: BaseEmailBackend | None = None

    def send(self, mail: StoreMail) -> None:
        """Hand one mail over. Raises what the provider's way raises."""
        if self._opened is None:
            backend = mailers.default
            backend.open()
            self._opened = backend
        self._opened.send_messages([mail])

    def close(self) -> None:
        """Let go of the connection; the next mail opens one again."""
        opened, self._opened = self._opened, None
        if opened is not None:
            with suppress(OSError, SMTPException):  # it may be gone already
                opened.close()
