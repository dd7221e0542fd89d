"""Reading the plans that are kept under a name."""

from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from regulars.kit.errors import NotFound
from regulars.kit.ids import parse_id
from regulars.kit.text import storable
from regulars.resources.resource import Resource
from regulars.stores.models import Store
from regulars.transfers.models import Profile


def get_profile(*, store: Store, profile_id: UUID) -> Profile:
    """The profile with this id. Raises `NotFound`."""
    profile = Profile.objects.filter(store=store, pk=profile_id).first()
    if profile is None:
        raise NotFound(_("This profile does not exist any more."))
    return profile


def find_profile(*, store: Store, resource: Resource, wanted: str) -> Profile:
    """The profile of a resource with this id or name. Raises `NotFound`."""
    known = parse_id(wanted)
    named = Q(pk=known) if known else Q(name__iexact=storable(wanted.strip()))
    profile = Profile.objects.filter(named, store=store, resource=resource.name).first()
    if profile is None:
        raise NotFound(_("There is no profile “%(wanted)s”.") % {"wanted": wanted[:80]}, field="profile")
    return profile


def profiles_of(*, store: Store, resource: Resource) -> list[Profile]:
    """The profiles of a resource by name."""
    return list(Profile.objects.filter(store=store, resource=resource.name).order_by("name", "pk"))
