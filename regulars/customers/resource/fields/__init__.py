"""The fields of customers: one declaration each, read by every surface."""

from regulars.customers.resource.fields.buying import BOUGHT
from regulars.customers.resource.fields.common import group_choices
from regulars.customers.resource.fields.keeping import KEEPING
from regulars.customers.resource.fields.person import PERSON
from regulars.customers.resource.fields.place import PLACES
from regulars.customers.resource.fields.standing import STANDING

FIELDS = (*PERSON, *PLACES, *STANDING, *BOUGHT, *KEEPING)

__all__ = ["FIELDS", "group_choices"]
