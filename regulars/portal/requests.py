"""What a view of the shop knows of its request."""

from django.http import HttpRequest

from regulars.portal.basket import Basket
from regulars.stores.queries import Store


class ShopRequest(HttpRequest):
    """A request to the shop page of a store."""

    store: Store
    basket: Basket
