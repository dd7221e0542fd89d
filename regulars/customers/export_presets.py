"""Customers in the form of other systems: their headers, and values as those systems write them.

Columns of things that we do not keep are there and empty. What these files say is read back to the same customers by
the presets of the same names in `presets`; passwords and hashes are never among it.
"""

from functools import lru_cache

from babel import Locale
from django.utils.translation import gettext_lazy

from regulars.resources.exporter import Cells, ExportPreset, PresetColumn


def _one_or_zero(texts: Cells) -> str:
    return {"yes": "1", "no": "0"}.get(texts.get("accepts_marketing", ""), "")


def _full_name(texts: Cells) -> str:
    return f"{texts.get('first_name', '')} {texts.get('last_name', '')}".strip()


def _time(texts: Cells) -> str:
    """2024-03-04 05:06:07, on the clocks of the store."""
    return texts.get("created", "")[:19].replace("T", " ")


def _country_name(texts: Cells) -> str:
    return _english_countries().get(texts.get("country", ""), "")


@lru_cache(maxsize=1)
def _english_countries() -> dict[str, str]:
    return dict(Locale("en").territories)


def _capital_yes(texts: Cells) -> str:
    return texts.get("accepts_marketing", "").capitalize()


def _is_active(texts: Cells) -> str:
    """Whether the customer can sign in and buy."""
    if "state" not in texts:
        return ""
    return "1" if texts["state"] == "active" and texts.get("blocked") != "yes" else "0"


def _opted_in_at(texts: Cells) -> str:
    """Known only of those who came from there: when somebody was added says nothing of their consent."""
    return _time(texts) if texts.get("source") == "mailchimp" else ""


def _subscription(texts: Cells) -> str:
    return {"yes": "subscribed", "no": "unsubscribed"}.get(texts.get("accepts_marketing", ""), "")


def _quoted_tags(texts: Cells) -> str:
    """Each tag in quotation marks, within one cell."""
    return ",".join(f'"{tag}"' for tag in texts.get("tags", "").split(", ") if tag)


_FIRST, _LAST, _EMAIL = (
    PresetColumn("First Name", "first_name"),
    PresetColumn("Last Name", "last_name"),
    PresetColumn("Email", "email"),
)
_SPENT, _ORDERS = PresetColumn("Total Spent", "spent"), PresetColumn("Total Orders", "orders_count")

EXPORT_PRESETS = (
    ExportPreset(
        name="shopify",
        label="Shopify",
        columns=(
            PresetColumn("Customer ID", "external_id"),
            _FIRST,
            _LAST,
            _EMAIL,
            PresetColumn("Accepts Email Marketing", "accepts_marketing"),
            PresetColumn("Default Address Company", "company"),
            PresetColumn("Default Address Address1", "address"),
            PresetColumn("Default Address Address2", "building"),
            PresetColumn("Default Address City", "city"),
            PresetColumn("Default Address Province Code", "region"),
            PresetColumn("Default Address Country Code", "country"),
            PresetColumn("Default Address Zip", "postcode"),
            PresetColumn("Default Address Phone", "phone"),
            PresetColumn("Phone", "phone"),
            PresetColumn("Accepts SMS Marketing", "accepts_sms"),
            _SPENT,
            _ORDERS,
            PresetColumn("Note", "note"),
            PresetColumn("Tax Exempt"),
            PresetColumn("Tags", "tags"),
        ),
    ),
    ExportPreset(
        name="shopify-older",
        label=gettext_lazy("Shopify (older template)"),
        columns=(
            _FIRST,
            _LAST,
            _EMAIL,
            PresetColumn("Company", "company"),
            PresetColumn("Address1", "address"),
            PresetColumn("Address2", "building"),
            PresetColumn("City", "city"),
            PresetColumn("Province", "region"),
            PresetColumn("Province Code", "region"),
            PresetColumn("Country", _country_name, ("country",)),
            PresetColumn("Country Code", "country"),
            PresetColumn("Zip", "postcode"),
            PresetColumn("Phone", "phone"),
            PresetColumn("Accepts Marketing", "accepts_marketing"),
            _SPENT,
            _ORDERS,
            PresetColumn("Tags", "tags"),
            PresetColumn("Note", "note"),
            PresetColumn("Tax Exempt"),
        ),
    ),
    ExportPreset(
        name="woocommerce",
        label="WooCommerce",
        columns=(
            PresetColumn("Name", _full_name, ("first_name", "last_name")),
            PresetColumn("Username"),
            PresetColumn("Last Active"),
            PresetColumn("Sign Up", _time, ("created",)),
            _EMAIL,
            PresetColumn("Orders", "orders_count"),
            PresetColumn("Total Spend", "spent"),
            PresetColumn("AOV", "average_order"),
            PresetColumn("Country / Region", "country"),
            PresetColumn("City", "city"),
            PresetColumn("Region", "region"),
            PresetColumn("Postal Code", "postcode"),
            PresetColumn("Billing Phone", "phone"),
            PresetColumn("Shipping Phone"),
            PresetColumn("Role"),
        ),
    ),
    ExportPreset(
        name="spree",
        label="Spree",
        columns=(
            _FIRST,
            _LAST,
            _EMAIL,
            PresetColumn("Accepts Email Marketing", _capital_yes, ("accepts_marketing",)),
            PresetColumn("Company", "company"),
            PresetColumn("Address 1", "address"),
            PresetColumn("Address 2", "building"),
            PresetColumn("City", "city"),
            PresetColumn("Province", "region"),
            PresetColumn("Province Code", "region"),
            PresetColumn("Country", _country_name, ("country",)),
            PresetColumn("Country Code", "country"),
            PresetColumn("Zip", "postcode"),
            PresetColumn("Phone", "phone"),
            _SPENT,
            _ORDERS,
            PresetColumn("Tags", "tags"),
        ),
    ),
    ExportPreset(
        name="prestashop",
        label="PrestaShop",
        columns=(
            PresetColumn("ID", "external_id"),
            PresetColumn("Active (0/1)", _is_active, ("state", "blocked")),
            PresetColumn("Titles ID"),
            PresetColumn("Email*", "email"),
            PresetColumn("Password*"),
            PresetColumn("Birth date (yyyy-mm-dd)", "birthdate"),
            PresetColumn("Last name*", "last_name"),
            PresetColumn("First name*", "first_name"),
            PresetColumn("Newsletter (0/1)", _one_or_zero, ("accepts_marketing",)),
            PresetColumn("Partner offers (0/1)"),
            PresetColumn("Registration date", lambda texts: texts.get("created", "")[:10], ("created",)),
            PresetColumn("Groups (x,y,z...)", "group"),
            PresetColumn("Default group ID"),
            PresetColumn("ID / Name of shop"),
        ),
    ),
    ExportPreset(
        name="mailchimp",
        label="Mailchimp",
        columns=(
            PresetColumn("Email Address", "email"),
            _FIRST,
            _LAST,
            PresetColumn("Phone Number", "phone"),
            PresetColumn("MEMBER_RATING"),
            PresetColumn("OPTIN_TIME", _opted_in_at, ("created", "source")),
            PresetColumn("OPTIN_IP"),
            PresetColumn("CONFIRM_TIME"),
            PresetColumn("CONFIRM_IP"),
            PresetColumn("LATITUDE"),
            PresetColumn("LONGITUDE"),
            PresetColumn("GMTOFF"),
            PresetColumn("DSTOFF"),
            PresetColumn("TIMEZONE"),
            PresetColumn("CC", "country"),
            PresetColumn("REGION", "region"),
            PresetColumn("LAST_CHANGED"),
            PresetColumn("LEID"),
            PresetColumn("EUID", "external_id"),
            PresetColumn("NOTES", "note"),
            PresetColumn("TAGS", _quoted_tags, ("tags",)),
            # Mailchimp tells them apart by file; one file for all must not subscribe everybody.
            PresetColumn("Status", _subscription, ("accepts_marketing",)),
        ),
    ),
)
