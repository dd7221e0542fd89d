"""What providers report about messages they took. Signed or with a secret, else it was never said."""

import logging

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from regulars.api.hooks.mail import NotTheirs, reports_of
from regulars.messaging import services
from regulars.messaging.services import News, Report
from regulars.messaging.sms import is_from_twilio, news_of

_log = logging.getLogger(__name__)


@csrf_exempt
@require_http_methods(["HEAD", "POST"])
def mail_report(request: HttpRequest, provider: str) -> HttpResponse:
    """A mail provider reports bounces, complaints and the like; some of them knock first with HEAD."""
    if request.method == "HEAD":
        return HttpResponse()
    try:
        reports = list(reports_of(request, provider))
    except NotTheirs:
        return HttpResponse(status=404)
    except ImproperlyConfigured as error:
        _log.error("reports of %s cannot be read: %s", provider, error)
        return HttpResponse(status=404)
    except (ValueError, KeyError, TypeError, AttributeError):  # not what this provider writes
        return HttpResponse(status=400)
    for report in reports:
        services.take_report(report=report, provider=provider.capitalize(), now=timezone.now())
    return HttpResponse()


@csrf_exempt
@require_POST
def sms_report(request: HttpRequest) -> HttpResponse:
    """Twilio reports what became of a text message."""
    fields = {name: str(value) for name, value in request.POST.items()}
    if not is_from_twilio(fields=fields, signature=request.headers.get("X-Twilio-Signature", "")):
        return HttpResponse(status=404)
    code = fields.get("ErrorCode", "")
    if fields.get("MessageStatus") in ("undelivered", "failed"):
        news = news_of(code)
        known_as, why = fields.get("MessageSid", ""), f"Twilio {code}" if code else ""
        for one in (News.REFUSED, News.LEFT) if news is News.LEFT else (news,):
            report = Report(news=one, provider_id=known_as, why=why)
            services.take_report(report=report, provider="Twilio", now=timezone.now())
    return HttpResponse()
