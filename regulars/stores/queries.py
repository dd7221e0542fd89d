"""Reading stores."""

from uuid import UUID

from django.utils.translation import gettext as _

from regulars.kit.errors import NotFound
from regulars.stores.models import Store


def get_store(*, slug: str) -> Store:
    """The store with this slug. Raises `NotFound`."""
    store = Store.objects.filter(slug=slug).first()
    if store is None:
        raise NotFound(_("There is no store “%(slug)s”.") % {"slug": slug})
    return store


def get_store_by_id(*, store_id: UUID) -> Store:
    """The store with this id. Raises `NotFound`."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        raise NotFound(_("This store does not exist."))
    return store


def find_open_shop(*, slug: str) -> Store | None:
    """The store with this slug, if strangers may see its shop page."""
    return Store.objects.filter(slug=slug, shop_open=True).first()


def find_store(*, slug: str) -> Store | None:
    """The store with this slug, whether or not its shop page is open."""
    return Store.objects.filter(slug=slug).first()


def any_store_exists() -> bool:
    """False only on an install that nobody has set up yet."""
    return Store.objects.exists()


def all_stores() -> list[Store]:
    """Every store of the install, by name."""
    return list(Store.objects.order_by("name", "pk"))
