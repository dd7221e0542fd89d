"""Writing to customers about their data, in their language, and the link of the mail that confirms an erasure."""

from contextlib import AbstractContextManager
from datetime import datetime
from uuid import UUID

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

from regulars.kit.actor import Actor
from regulars.kit.errors import NotFound
from regulars.kit.language import spoken
from regulars.messaging.kinds import MessageKind
from regulars.messaging.services import send
from regulars.privacy.choices import Kind
from regulars.privacy.models import Request
from regulars.stores.models import Store


def mail(
    *, store: Store, request: Request, kind: MessageKind, values: dict[str, str], actor: Actor, now: datetime
) -> None:
    """Write to the customer about their request; whoever cannot be written to is answered by other means."""
    if request.customer_id is None:
        return
    with in_words_of(store, request):
        about = {
            "what": str(Kind(request.kind).label),
            "day": day_for(store, request, request.erase_at or request.due_at),
        }
    send(
        store=store,
        customer_id=request.customer_id,
        kind=kind,
        values=about | values,
        key=f"privacy:{request.pk}:{kind.name}:{request.version}",
        actor=actor,
        now=now,
    )


def in_words_of(store: Store, request: Request) -> AbstractContextManager[None]:
    """Speak the customer's language until the end of the block."""
    return spoken(_language(store, request))


def day_for(store: Store, request: Request, moment: datetime) -> str:
    """A day as the customer reads it."""
    return day_in(store, _language(store, request), moment)


def day_in(store: Store, language: str, moment: datetime) -> str:
    """A day in this language, else as English writes it."""
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        locale = Locale("en")
    return format_date(store.day_of(moment), "long", locale=locale)


def _language(store: Store, request: Request) -> str:
    return (request.customer.language if request.customer is not None else "") or store.language


def shop_url(store: Store) -> str:
    """Where a customer comes back."""
    return f"{settings.BASE_URL.rstrip('/')}/shop/{store.slug}/"


def page_url(store: Store) -> str:
    """Where a customer finds what is kept about them."""
    return f"{shop_url(store)}account/data/"


def confirm_url(*, store: Store, request: Request) -> str:
    """The link of the mail. It does nothing without the customer's sign-in, and nothing before the button there."""
    return f"{page_url(store)}confirm/{_signer(store).sign_object([request.pk.hex])}/"


def read_token(*, store: Store, token: str) -> UUID:
    """Which request a link is for. Raises `NotFound` for one that was never sent."""
    try:
        (request_id,) = _signer(store).unsign_object(token)
        return UUID(request_id)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise NotFound(_("This link is not for you, or it is not whole.")) from error


def _signer(store: Store) -> signing.Signer:
    return signing.Signer(salt=f"regulars.privacy.confirm:{store.pk}")
