"""Parts of a record that the menu of its row leads to."""

from django.utils.translation import gettext as _

from regulars.desk.customers.membership import has_tiers
from regulars.resources.context import Context
from regulars.resources.resource import Resource


def shortcuts_of(resource: Resource, url: str, context: Context) -> list[dict[str, str]]:
    """Links into the page of one record: to the membership of a customer, where the store has tiers."""
    if resource.name != "customers" or not has_tiers(context):
        return []
    return [{"label": _("Membership"), "icon": "star", "url": f"{url}?show=membership"}]
