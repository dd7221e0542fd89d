"""What belongs to a customer and can be asked about: further addresses and notes."""

from django.utils.translation import gettext_lazy as _

from regulars.customers import queries
from regulars.customers.resource.fields.common import country_choices
from regulars.customers.resource.kinds import Country
from regulars.customers.resource.permissions import VIEW
from regulars.resources import kinds
from regulars.resources.field import Field
from regulars.resources.links import Link

ADDRESSES = Link(
    name="addresses",
    label=_("Further addresses"),
    singular=_("Further address"),
    rows=queries.every_address,
    permission=VIEW,
    fields=(
        Field(name="label", label=_("Label"), kind=kinds.Text()),
        Field(name="name", label=_("Name"), kind=kinds.Text()),
        Field(name="company", label=_("Company"), kind=kinds.Text()),
        Field(name="country", label=_("Country"), kind=Country(), choices=country_choices),
        Field(name="city", label=_("City"), kind=kinds.Text()),
        Field(name="region", label=_("Region"), kind=kinds.Text()),
        Field(name="postcode", label=_("Postcode"), kind=kinds.Text()),
        Field(name="address", label=_("Address"), kind=kinds.Text()),
        Field(name="building", label=_("Building"), kind=kinds.Text()),
        Field(name="phone", label=_("Phone"), kind=kinds.Text()),
    ),
)
NOTES = Link(
    name="notes",
    label=_("Notes"),
    singular=_("Note"),
    rows=queries.every_note,
    permission=VIEW,
    fields=(
        Field(name="text", label=_("Text"), kind=kinds.Text(), path="body"),
        Field(name="author", label=_("Author"), kind=kinds.Text(), path="author_name"),
        Field(name="created", label=_("Written"), kind=kinds.Moment(), path="created_at"),
        Field(name="pinned", label=_("Pinned"), kind=kinds.Boolean()),
    ),
)
LINKS = (ADDRESSES, NOTES)
