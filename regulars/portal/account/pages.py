"""What the pages of accounts show: plain data, ready for the templates."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from babel.dates import format_date, format_datetime
from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.accounts import queries
from regulars.accounts.choices import SecondStep
from regulars.accounts.queries import Visitor
from regulars.kit.forms import form_of
from regulars.kit.phone import display_phone
from regulars.portal.following import next_of
from regulars.portal.frame import frame
from regulars.portal.requests import ShopRequest

Link = tuple[str, str]


def url(request: ShopRequest, name: str, **arguments: object) -> str:
    """A page of this shop."""
    return reverse(name, kwargs={"store": request.store.slug, **arguments})


def show_form(
    request: ShopRequest,
    form: forms.Form,
    *,
    title: str,
    submit: str,
    text: str = "",
    links: Sequence[Link] = (),
    halves: Sequence[str] = (),
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """A page with one form and the other ways below it."""
    sizes = {name: "" if name in halves else "whole" for name in form.fields}
    drawn = form_of(form, url=request.path, submit_label=submit, sections=[("", "", sizes)])
    drawn["problems_title"] = _("Not yet")
    told = {
        "frame": frame(request, title=title, hidden=True),
        "title": title,
        "text": text,
        "form": drawn,
        "next": next_of(request),
        "links": [{"url": address, "label": label} for address, label in links],
        **more,
    }
    if form.errors and status == 200:
        status = 422
    return render(request, "portal/account/form.html", told, status=status)


def show_text(
    request: ShopRequest, *, title: str, text: str, links: Sequence[Link] = (), status: int = 200, **more: Any
) -> HttpResponse:
    """A page that says something."""
    told = {
        "frame": frame(request, title=title, hidden=True),
        "title": title,
        "text": text,
        "links": [{"url": address, "label": label} for address, label in links],
        **more,
    }
    return render(request, "portal/account/said.html", told, status=status)


def security_page(request: ShopRequest, visitor: Visitor, now: datetime) -> dict[str, Any]:
    """Password, second step, browsers, and who of the shop looked."""
    store, account = visitor.store, visitor.account
    settings = queries.settings_of(store=store)
    told = {
        "visits": [
            {
                "who": one.staff_name,
                "when": shown(one.entered_at),
                "what": _("could act on your behalf") if one.may_act else _("looked only"),
            }
            for one in queries.visits_of(store=store, customer_id=visitor.customer_id)
        ],
    }
    if account is None:
        return told
    return told | {
        "email": account.email,
        "email_url": url(request, "shop_email"),
        "join_url": "" if visitor.staff else url(request, "shop_join"),
        "has_password": bool(account.password),
        "password_url": url(request, "shop_password"),
        **(_second(request, account, settings) if settings.second_step != SecondStep.OFF else {}),
        "sessions": [
            {
                "device": one.device,
                "ip": one.ip,
                "seen": shown(one.seen_at),
                "here": one.pk == visitor.session_id,
                "end_url": url(request, "shop_end_session", session_id=one.pk),
            }
            for one in queries.sessions_of(store=store, account_id=account.pk, now=now)
        ],
        "devices": [
            {
                "device": one.name,
                "until": shown_day(one.expires_at),
                "forget_url": url(request, "shop_forget_device", device_id=one.pk),
            }
            for one in queries.devices_of(store=store, account_id=account.pk, now=now)
        ],
        "end_all_url": url(request, "shop_end_all"),
    }


def _second(request: ShopRequest, account: queries.Account, settings: queries.Settings) -> dict[str, Any]:
    left = queries.codes_left(store=request.store, account_id=account.pk)
    return {
        "second": {
            "required": settings.second_step == SecondStep.REQUIRED,
            "offers_app": settings.totp,
            "has_app": bool(account.totp_sealed),
            "app_url": url(request, "shop_app"),
            "app_off_url": url(request, "shop_factor_off", factor="app"),
            "offers_phone": settings.sms,
            "phone": masked_phone(account.mfa_phone) if account.mfa_sms else "",
            "phone_url": url(request, "shop_phone"),
            "phone_off_url": url(request, "shop_factor_off", factor="phone"),
            "has_any": queries.needs_second_step(settings, account),
            "codes_left": left,
            "codes_url": url(request, "shop_codes"),
        }
    }


def masked_phone(number: str) -> str:
    """So much of a number that its owner knows it."""
    written = display_phone(number)
    return f"{written[:3]} … {number[-2:]}" if len(number) > 6 else "…"


def shown(moment: datetime | None) -> str:
    """A moment in the reader's words."""
    if moment is None:
        return ""
    return str(format_datetime(timezone.localtime(moment), "medium", locale=_locale()))


def shown_day(moment: datetime) -> str:
    """A day in the reader's words."""
    return str(format_date(timezone.localtime(moment).date(), "long", locale=_locale()))


def _locale() -> str:
    return (get_language() or "en").replace("-", "_")
