"""What a view of the shop knows of its request."""

from django.http import HttpRequest

from regulars.accounts.queries import Visitor
from regulars.portal.basket import Basket
from regulars.stores.queries import Store


class ShopRequest(HttpRequest):
    """A request to the shop page of a store; `visitor` is who is signed in, if anybody."""

    store: Store
    basket: Basket
    visitor: Visitor | None


class CustomerRequest(ShopRequest):
    """A request of somebody who is signed in, or of staff in their place."""

    visitor: Visitor
