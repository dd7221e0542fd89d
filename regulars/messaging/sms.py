"""Text messages: through Twilio when the install has an account there, else kept in the Outbox."""

import json
from base64 import b64encode
from urllib.parse import urlencode

import urllib3
from django.conf import settings

from regulars.staff.models import OutboxMessage
from regulars.stores.models import Store

_TWILIO = "https://api.twilio.com/2010-04-01/Accounts/{account}/Messages.json"
_HTTP = urllib3.PoolManager(timeout=urllib3.Timeout(connect=5, read=15), retries=False)


class PhoneNotReached(Exception):
    """The provider did not take the message; it is tried again."""


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
            body=urlencode({"To": to, "From": account["from"], "Body": text}),
            headers={
                "Authorization": f"Basic {secret}",
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )
    except urllib3.exceptions.HTTPError as error:
        raise PhoneNotReached(type(error).__name__) from error
    if answer.status >= 400:
        raise PhoneNotReached(f"status {answer.status}")
    return str(json.loads(answer.data).get("sid", ""))
