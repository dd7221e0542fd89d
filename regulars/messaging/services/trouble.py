"""What it means when a message was not taken: nobody is there, not now, not this one, or not this address."""

from dataclasses import dataclass
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
)

from anymail.exceptions import (
    AnymailAPIError,
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from regulars.messaging.choices import News
from regulars.messaging.kinds import one_line
from regulars.messaging.sms import PhoneNotReached, PhoneRefused

# Whatever sending may raise: the network, what providers answer, how they are set up, what stands in the message.
EXPECTED = (
    OSError,
    SMTPException,
    AnymailError,
    ImproperlyConfigured,
    PhoneNotReached,
    PhoneRefused,
    ValueError,
)
# Not let in, or too much at once: it concerns every message, not this one.
_EVERY_ONE = {None, 401, 403, 429}
_NO_SUCH_MAILBOX = b"5.1."
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Trouble:
    """`news` is what it means for good; none: it is tried again. With `is_away` nothing else goes this way now."""

    why: str
    news: News | None = None
    is_away: bool = False


def trouble_of(error: Exception) -> Trouble:
    """What to make of an error in sending."""
    why = type(error).__name__
    match error:
        case PhoneRefused():
            return Trouble(str(error), error.news)
        case SMTPRecipientsRefused():
            return _refused_recipient(error)
        case SMTPDataError() if error.smtp_code >= 500:
            return Trouble(_answer(error.smtp_code, error.smtp_error), News.REFUSED)
        case SMTPDataError() | SMTPNotSupportedError():
            return Trouble(why)
        case AnymailRecipientsRefused():
            return Trouble(_("the provider refused the address"), News.RETURNED)
        case AnymailAPIError():
            code = error.status_code
            return Trouble(f"{why} {code or ''}".strip(), is_away=code in _EVERY_ONE or code >= 500)
        case AnymailInvalidAddress() | AnymailUnsupportedFeature() | AnymailSerializationError():
            return Trouble(one_line(str(error))[:LONGEST], News.REFUSED)
        case AnymailError() | OSError() | SMTPException() | ImproperlyConfigured() | PhoneNotReached():
            return Trouble(why, is_away=True)
    return Trouble(why, News.REFUSED)


def _refused_recipient(error: SMTPRecipientsRefused) -> Trouble:
    """A mailbox that is full or makes strangers wait answers with 4 and is tried again; one that is not there never."""
    code, said = next(iter(error.recipients.values()))
    why = _answer(code, said)
    if code < 500:
        return Trouble(why)
    return Trouble(why, News.BOUNCED if said.startswith(_NO_SUCH_MAILBOX) else News.RETURNED)


def _answer(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return one_line(f"{code} {text}")[:LONGEST]
