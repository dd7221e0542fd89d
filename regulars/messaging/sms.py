"""Text messages: through Twilio when the install has an account there, else kept in the Outbox."""

import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import urlencode

import urllib3
from django.conf import settings

from regulars.staff.models import OutboxMessage
from regulars.stores.models import Store

_TWILIO = "https://api.twilio.com/2010-04-01/Accounts/{account}/Messages.json"
_NEVER = {400, 404, 410, 422}  # what stands in the message or its number is wrong
_HTTP = urllib3.PoolManager(timeout=urllib3.Timeout(connect=5, read=15), retries=False)


class PhoneNotReached(Exception):
    """The provider did not take the message; it is tried again."""


class PhoneRefused(Exception):
    """The provider will never take this message, whatever the time."""


def send_sms(*, store: Store, to: str, text: str) -> str:
    """Send a text message, or keep it while no provider is set; gives the provider's name for it."""
    account = settings.SMS
    if not account:
        OutboxMessage.objects.create(store=store, to=to, subject="", body=text)
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
    if answer.status in _NEVER:
        raise PhoneRefused(f"Twilio refused it (status {answer.status})")
    if answer.status >= 400:
        raise PhoneNotReached(f"status {answer.status}")
    return str(json.loads(answer.data).get("sid", ""))


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
