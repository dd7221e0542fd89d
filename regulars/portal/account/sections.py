"""The sections of a customer's portal, each declared once: its page, its icon, and the setting that switches it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from regulars.kit.words import Words
from regulars.stores.queries import Store


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the portal. `switch` names the setting of the store that must be on, beside that of the whole portal;
    what is there for `always` stays while the portal is off. `private` is what staff never open."""

    name: str
    label: Words
    url_name: str
    icon: str
    switch: str = ""
    always: bool = False
    private: bool = False

    def is_open(self, store: Store) -> bool:
        """Whether customers of the store find it."""
        if self.always:
            return True
        return store.portal_open and (not self.switch or getattr(store, self.switch))

    def url(self, store: Store) -> str:
        """Where it begins."""
        return reverse(self.url_name, kwargs={"store": store.slug})


SECTIONS = (
    Section("home", _("Overview"), "shop_account", "home", always=True),
    Section("orders", _("Orders"), "shop_orders", "shopping-bag", "portal_orders"),
    Section("invoices", _("Invoices"), "shop_invoices", "receipt", "portal_invoices"),
    Section("tradeins", _("Trade-ins"), "shop_tradeins", "package-import", "portal_tradeins"),
    Section("points", _("Points"), "shop_points", "coins", "portal_points"),
    Section("offers", _("Offers"), "shop_offers", "gift", "portal_offers"),
    Section("profile", _("Profile"), "shop_profile", "user"),
    Section("payout", _("How you are paid"), "shop_payout", "wallet", "portal_tradeins", private=True),
    Section("agreements", _("What we send you"), "shop_agreements", "mail"),
    Section("data", _("Your data"), "shop_data", "shield-check", always=True),
    Section("security", _("Security"), "shop_security", "shield-lock", always=True),
)
BY_NAME = {one.name: one for one in SECTIONS}


def is_open(store: Store, name: str) -> bool:
    """Whether customers of the store find the section of this name."""
    return BY_NAME[name].is_open(store)
