"""Reports of mail providers, read by anymail and turned into ours. Only the provider that is set may report."""

from collections.abc import Iterator, Mapping
from typing import Any

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from anymail.webhooks.base import AnymailCoreWebhookView
from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailersend import MailerSendTrackingWebhookView
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.mailjet import MailjetTrackingWebhookView
from anymail.webhooks.mailtrap import MailtrapTrackingWebhookView
from anymail.webhooks.mandrill import MandrillCombinedWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from anymail.webhooks.sendgrid import SendGridTrackingWebhookView
from anymail.webhooks.sparkpost import SparkPostTrackingWebhookView
from django.conf import settings
from django.http import HttpRequest

from regulars.kit.ids import parse_id
from regulars.messaging.services import News, Report

_VIEWS: dict[str, type[AnymailCoreWebhookView]] = {
    "brevo": BrevoTrackingWebhookView,
    "mailersend": MailerSendTrackingWebhookView,
    "mailgun": MailgunTrackingWebhookView,
    "mailjet": MailjetTrackingWebhookView,
    "mailtrap": MailtrapTrackingWebhookView,
    "mandrill": MandrillCombinedWebhookView,
    "postmark": PostmarkTrackingWebhookView,
    "sendgrid": SendGridTrackingWebhookView,
    "sparkpost": SparkPostTrackingWebhookView,
}
# The mailbox is there, only this message was not wanted or came at a bad time.
_PASSING = {RejectReason.TIMED_OUT, RejectReason.BLOCKED, RejectReason.SPAM, RejectReason.OTHER}
_NEWS = {
    EventType.COMPLAINED: News.COMPLAINED,
    EventType.UNSUBSCRIBED: News.LEFT,
    EventType.REJECTED: News.REFUSED,
    EventType.FAILED: News.REFUSED,
}


class NotTheirs(Exception):
    """The report does not come from the provider that is set, or nothing says that it does."""


def reports_of(request: HttpRequest, provider: str) -> Iterator[Report]:
    """What a provider reports. Raises `NotTheirs`, also while no secret is set: anybody could report then."""
    own: dict[str, Any] = settings.ANYMAIL
    if provider != own.get("PROVIDER") or provider not in _VIEWS or not own.get("WEBHOOK_SECRET"):
        raise NotTheirs
    view = _VIEWS[provider]()
    try:
        view.run_validators(request)
    except AnymailWebhookValidationFailure as error:
        raise NotTheirs from error
    for event in view.parse_events(request):
        if isinstance(event, AnymailTrackingEvent) and (news := _news(event)) is not None:
            yield Report(
                news=news,
                provider_id=str(event.message_id or ""),
                message_id=parse_id(str((event.metadata or {}).get("message") or "")),
                why=str(event.description or event.mta_response or event.reject_reason or ""),
            )


def _news(event: AnymailTrackingEvent) -> News | None:
    if event.event_type == EventType.BOUNCED:
        passing = event.reject_reason in _PASSING or _is_soft(event.esp_event)
        return News.RETURNED if passing else News.BOUNCED
    return _NEWS.get(event.event_type)


def _is_soft(said: Any) -> bool:
    """A mailbox that is full or away for now: anymail calls it a bounce as any other, providers do not."""
    if not isinstance(said, Mapping):
        return False
    words = " ".join(str(said.get(name, "")) for name in ("Type", "event", "type")).lower()
    return "soft" in words or "transient" in words or said.get("hard_bounce") is False
