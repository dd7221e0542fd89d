"""Staff come in to look at the portal as a customer, and go again."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from regulars.accounts import services as accounts
from regulars.kit.devices import device_name
from regulars.portal import visiting
from regulars.portal.access import client_ip, for_looks, shop
from regulars.portal.account.pages import show_text, url
from regulars.portal.requests import ShopRequest


@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
@shop
@for_looks
def enter(request: ShopRequest, token: str) -> HttpResponse:
    """Begin a visit, in the browser of the person who asked for it in the desk.

    It is the only page of the shop that looks at the sign-in of staff, and only to compare whose it is.
    """
    staff_id = request.user.pk if request.user.is_authenticated else None
    now = timezone.now()
    visit = accounts.find_visit(store=request.store, secret=token, staff_id=staff_id, now=now)
    if request.method != "POST":
        return show_text(
            request,
            title=_("Open the portal of %(name)s") % {"name": visit.customer.name},
            text=_("For 15 minutes. The customer sees that you looked."),
            button=_("Open the portal"),
            button_url=request.path,
        )
    begun = accounts.enter(
        store=request.store,
        secret=token,
        staff_id=staff_id,
        device=device_name(request.headers.get("User-Agent", ""))[:80],
        ip=client_ip(request),
        now=now,
    )
    response = redirect(url(request, "shop_account"))
    visiting.keep_visit(response, request.store, begun)
    return response


@require_POST
@shop
@for_looks
def leave(request: ShopRequest) -> HttpResponse:
    """End a visit."""
    if request.visitor is not None and request.visitor.staff is not None:
        accounts.leave(visitor=request.visitor, now=timezone.now())
    response = show_text(
        request,
        title=_("You left the portal"),
        text=_("You can close this tab, and go on in the desk."),
        links=[(url(request, "shop"), _("Look at the shop"))],
    )
    visiting.drop_session(response, request.store)
    return response
