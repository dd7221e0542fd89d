"""Text messages: through Twilio when the install has an account there, else kept in the Outbox."""

import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import urllib3
from django.conf import settings

from regulars.messaging.choices import News
from regulars.staff.outbox import keep_text
from regulars.stores.models import Store

_TWILIO = "https://api.twilio.com/2010-04-01/Accounts/{account}/Messages.json"
_NEVER = {400, 404, 410, 422}  # what stands in the message or its number is wrong
# Numbers that take no message at all, and people who wrote STOP to the sender, as Twilio numbers its errors.
_NO_SUCH_PHONE = {"30005", "30006", "21211", "21614"}
_STOPPED = {"21610"}
_HTTP = urllib3.PoolManager(timeout=urllib3.Timeout(connect=5, read=15), retries=False)


class PhoneNotReached(Exception):
    """The provider did not take the message; it is tried again."""


class PhoneRefused(Exception):
    """The provider will never take this message, whatever the time."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Twilio {code}" if code else "Twilio")
        self.news = news_of(code)


def send_sms(*, store: Store, to: str, text: str, opens_access: bool = False) -> str:
    """Send a text message, or keep it while no provider is set; gives the provider's name for it."""
    account = settings.SMS
    if not account:
        keep_text(store=store, to=to, text=text, opens_access=opens_access)
        return ""
    secret = b64encode(f"{account['sid']}:{account['token']}".encode()).decode()
    try:
        answer = _HTTP.request(
            "POST",
            _TWILIO.format(account=account["sid"]),
            body=urlencode(
                {"To": to, "From": account["from"], "Body": text, "StatusCallback": callback_url()}
            ),
            headers={
                "Authorization": f"Basic {secret}",
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )
    except urllib3.exceptions.HTTPError as error:
        raise PhoneNotReached(type(error).__name__) from error
    said = _read(answer.data)
    if answer.status in _NEVER:
        raise PhoneRefused(str(said.get("code", "")))
    if answer.status >= 400:
        raise PhoneNotReached(f"status {answer.status}")
    return str(said.get("sid", ""))


def _read(data: bytes) -> dict[str, Any]:
    """What Twilio answered; a page of something that stands in between says nothing."""
    try:
        said = json.loads(data)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def news_of(code: str) -> News:
    """What a number of Twilio's errors means for the customer."""
    if code in _STOPPED:
        return News.LEFT
    return News.BOUNCED if code in _NO_SUCH_PHONE else News.REFUSED


def callback_url() -> str:
    """Where Twilio tells what became of a message."""
    return f"{settings.BASE_URL.rstrip('/')}/hooks/sms/twilio/"


def is_from_twilio(*, fields: Mapping[str, str], signature: str) -> bool:
    """Whether a report was signed with the account's own secret, as Twilio does."""
    account = settings.SMS
    if not account:
        return False
    said = callback_url() + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    right = b64encode(hmac.digest(account["token"].encode(), said.encode(), "sha1"))
    return hmac.compare_digest(right, signature.encode())
