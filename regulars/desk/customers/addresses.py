"""Further addresses of a customer."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.customers import queries, services
from regulars.desk import values
from regulars.desk.access import staff
from regulars.desk.lists.views import base_of, context_of
from regulars.desk.records.views import row_of
from regulars.desk.requests import StaffRequest
from regulars.desk.shell import shell
from regulars.kit.errors import InvalidRecord, NotFound
from regulars.resources.context import Context
from regulars.resources.resource import get_resource

ADDRESS_FIELDS = ("address", "building", "postcode", "city", "region", "country")


@require_http_methods(["GET", "POST"])
@staff("customers.edit")
def address(request: StaffRequest, record_id: UUID, address_id: UUID | None = None) -> HttpResponse:
    """Add or change a further address."""
    resource, context = get_resource("customers"), context_of(request)
    row = row_of(resource, record_id, context, [])
    known = _known_address(request, record_id, address_id)
    typed: dict[str, str] = dict(known or {})
    errors: dict[str, str] = {}
    url = f"{base_of(request, resource)}{record_id}/"
    if request.method == "POST":
        typed = {
            name: request.POST.get(name, "")
            for name in ("label", "name", "company", *ADDRESS_FIELDS, "phone")
        }
        try:
            cleaned = services.clean_address(values=typed, country=request.store.country)
            if address_id is None:
                services.add_address(
                    store=request.store,
                    customer_id=record_id,
                    values=cleaned,
                    actor=request.actor,
                    now=context.now,
                )
            else:
                services.edit_address(
                    store=request.store,
                    address_id=address_id,
                    values=cleaned,
                    actor=request.actor,
                    now=context.now,
                )
        except InvalidRecord as refusal:
            errors = refusal.errors
        else:
            messages.success(request, _("Address saved"))
            return redirect(f"{url}?show=addresses")
    return _address_form(request, resource.title(row), url, typed, errors, address_id, context)


@require_POST
@staff("customers.edit")
def remove_address(request: StaffRequest, record_id: UUID, address_id: UUID) -> HttpResponse:
    """Take an address away."""
    context = context_of(request)
    _known_address(request, record_id, address_id)
    services.remove_address(store=request.store, address_id=address_id, actor=request.actor, now=context.now)
    messages.success(request, _("Address removed"))
    return redirect(f"{base_of(request, get_resource('customers'))}{record_id}/?show=addresses")


@require_POST
@staff("customers.edit")
def make_address_main(request: StaffRequest, record_id: UUID, address_id: UUID) -> HttpResponse:
    """Swap an address with the main one."""
    context = context_of(request)
    _known_address(request, record_id, address_id)
    services.make_address_main(
        store=request.store, address_id=address_id, actor=request.actor, now=context.now
    )
    messages.success(request, _("This is the main address now"))
    return redirect(f"{base_of(request, get_resource('customers'))}{record_id}/?show=addresses")


def _known_address(request: StaffRequest, record_id: UUID, address_id: UUID | None) -> dict[str, str] | None:
    if address_id is None:
        return None
    for one in queries.addresses_of(store=request.store, customer_id=record_id):
        if one.pk == address_id:
            return {
                name: getattr(one, name) for name in ("label", "name", "company", *ADDRESS_FIELDS, "phone")
            }
    raise NotFound(_("This address does not exist any more."))


def _address_form(
    request: StaffRequest,
    customer: str,
    url: str,
    typed: dict[str, str],
    errors: dict[str, str],
    address_id: UUID | None,
    context: Context,
) -> HttpResponse:
    resource = get_resource("customers")
    by_name = {field.name: field for field in resource.all_fields()}
    own = {"label": _("Label"), "name": _("Name on the address"), "company": _("Company")}
    controls = [
        {"name": name, "id": f"id-{name}", "label": label, "kind": "text", "value": typed.get(name, ""),
         "problem": errors.get(name, ""), "optional": True}
        for name, label in own.items()
    ]  # fmt: skip
    controls += [
        values.control(by_name[name], typed.get(name, ""), context, problem=errors.get(name, ""))
        for name in (*ADDRESS_FIELDS, "phone")
    ]
    here = f"{url}addresses/{address_id}/" if address_id else ""
    form = {
        "title": _("Edit address") if address_id else _("New address"),
        "crumbs": [
            {"label": str(resource.label), "url": base_of(request, resource)},
            {"label": customer, "url": url},
        ],
        "url": request.path,
        "sections": [{"title": _("Address"), "fields": controls}],
        "problems": [{"id": f"id-{name}", "label": "", "text": text} for name, text in errors.items()],
        "problems_title": _("Nothing was saved yet"),
        "submit_label": _("Save"),
        "back_url": f"{url}?show=addresses",
        "also": [
            {"url": f"{here}main/", "label": _("Make it the main address"), "icon": "map-pin"},
            {"url": f"{here}remove/", "label": _("Remove"), "icon": "trash", "danger": True},
        ]
        if address_id
        else [],
    }
    frame = {"form": form, "shell": shell(request, current="customers", help_page="record")}
    return render(request, "desk/records/form.html", frame, status=422 if errors else 200)
