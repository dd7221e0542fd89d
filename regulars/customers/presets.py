"""Customer files of other systems: how they are recognised, and where their headers say something of their own."""

from django.utils.translation import gettext_lazy

from regulars.resources.importer import Preset
from regulars.resources.kinds import FALSE_WORDS, TRUE_WORDS


def _plain_list(cell: str) -> str:
    """Mailchimp writes tags as "VIP","Blog" within one cell."""
    return cell.replace('"', "")


def _opposite(cell: str) -> str:
    """A column that says who must NOT be written to."""
    word = cell.strip().lower()
    if word in TRUE_WORDS:
        return "no"
    return "yes" if word in FALSE_WORDS else cell


def _subscription(cell: str) -> str:
    """Only a plain "subscribed" is consent: pending, cleaned, bounced and unconfirmed are not."""
    return "yes" if cell.strip().lower() in ("subscribed", "active", "confirmed") else "no"


def _with_plus(cell: str) -> str:
    """Brevo keeps international numbers without their plus."""
    number = cell.strip()
    return f"+{number}" if number.isdigit() and len(number) > 9 and not number.startswith("0") else cell


def _first_line_of_list(cell: str) -> str:
    """Magento's samples write a street as ["line 1","line 2"]."""
    text = cell.strip()
    if not (text.startswith("[") and text.endswith("]")):
        return cell
    return "\n".join(part for part in text[1:-1].replace('"', "").split(",") if part)


_EVENT_TIMES = {"modified_time": "", "last_changed": "", "last activity date": "", "last activity": ""}

PRESETS = (
    Preset(
        name="shopify",
        label="Shopify",
        headers=("customer id", "first name", "last name", "email", "accepts email marketing", "default address city"),
        columns={"customer id": "external_id"},
    ),
    Preset(
        name="shopify-older",
        label=gettext_lazy("Shopify (older export)"),
        headers=("first name", "last name", "email", "province code", "country code", "accepts marketing"),
        columns={"province code": "region", "country code": "country"},
    ),
    Preset(
        name="shopify-orders",
        label=gettext_lazy("Shopify orders"),
        headers=("name", "email", "lineitem name"),
        columns={
            "name": "", "note": "", "tags": "", "id": "", "source": "", "created at": "", "phone": "",
            "billing name": "name",
            "billing phone": "phone", "billing zip": "postcode", "billing province": "region",
            "billing first name": "first_name", "billing last name": "last_name", "billing country code": "country",
        },
    ),
    Preset(
        name="woocommerce",
        label="WooCommerce",
        headers=("name", "username", "last active", "sign up", "email", "total spend", "aov"),
        columns={"last active": "", "role": "", "username": ""},
    ),
    Preset(
        name="spree",
        label="Spree",
        headers=("email", "first name", "last name", "accepts email marketing", "province code", "country code", "zip"),
        columns={"province code": "region", "country code": "country"},
    ),
    Preset(
        name="prestashop",
        label="PrestaShop",
        headers=("active (0/1)", "email *", "last name *", "first name *", "newsletter (0/1)"),
        columns={"customer id": "external_id", "id": "external_id", "active (0/1)": ""},
    ),
    Preset(
        name="magento",
        label="Magento",
        headers=("email", "_website", "_store", "firstname", "lastname", "group_id"),
        columns={"group_id": "", "store_id": "", "website_id": ""},
    ),
    Preset(
        name="magento-addresses",
        label=gettext_lazy("Magento addresses"),
        headers=("_website", "_email", "_entity_id", "firstname", "lastname", "country_id", "telephone"),
        columns={"_entity_id": "", "country_id": "country"},
    ),
    Preset(
        name="magento-profiles",
        label="Magento",
        headers=("firstname", "lastname", "email", "street", "country_id", "telephone"),
        columns={"country_id": "country"},
        transforms={"street": _first_line_of_list},
    ),
    Preset(
        name="mailchimp",
        label="Mailchimp",
        headers=("email address", "first name", "last name", "member_rating", "optin_time"),
        columns={
            "optin_time": "created", "status": "accepts_marketing", "leid": "", "euid": "external_id",
            "cc": "country", **_EVENT_TIMES,
        },
        transforms={"tags": _plain_list, "status": _subscription},
    ),
    Preset(
        name="brevo",
        label="Brevo",
        headers=("email", "email_blacklisted", "added_time"),
        columns={"email_blacklisted": "accepts_marketing", "sms": "phone", "added_time": "created", **_EVENT_TIMES},
        transforms={"email_blacklisted": _opposite, "sms": _with_plus},
    ),
    Preset(
        name="activecampaign",
        label="ActiveCampaign",
        headers=("email", "first name", "last name", "date created", "ip", "status"),
        columns={"status": "accepts_marketing"},
        transforms={"status": _subscription},
    ),
    Preset(
        name="mailpoet",
        label="MailPoet",
        headers=("email", "first name", "last name", "list status", "global status"),
        columns={"global status": "accepts_marketing", "list status": "", "list": "tags"},
        transforms={"global status": _subscription},
    ),
    Preset(
        name="hubspot",
        label="HubSpot",
        headers=("record id", "first name", "last name", "email", "phone number"),
        columns={"associated company": "company", "create date": "created", **_EVENT_TIMES},
    ),
    Preset(
        name="salesforce",
        label="Salesforce",
        headers=("first name", "last name", "email", "account name", "mailing city"),
        columns={"account name": "company", **_EVENT_TIMES},
    ),
    Preset(
        name="pipedrive",
        label="Pipedrive",
        headers=("person - id", "person - name", "person - email"),
        columns={
            "person - id": "external_id", "person - name": "name", "person - email": "email",
            "person - phone": "phone", "organization - name": "company",
        },
    ),
    Preset(
        name="google",
        label="Google Contacts",
        headers=("given name", "family name", "e-mail 1 - value"),
        columns={"name": "", "organization 1 - name": "company"},
    ),
    Preset(
        name="google-newer",
        label="Google Contacts",
        headers=("first name", "last name", "e-mail 1 - value", "e-mail 1 - label"),
        columns={"organization name": "company", "labels": "tags"},
    ),
    Preset(
        name="outlook",
        label="Outlook",
        headers=("first name", "last name", "e-mail address", "business phone", "home phone"),
        columns={"business street": "address", "business city": "city", "business country/region": "country"},
    ),
    Preset(
        name="thunderbird",
        label="Thunderbird",
        headers=("first name", "last name", "display name", "primary email", "secondary email"),
        columns={
            "display name": "", "birth day": "", "mobile number": "phone", "home address": "address",
            "home address 2": "building", "home city": "city", "home state": "region", "home zipcode": "postcode",
            "home country": "country",
            "organization": "company",
        },
    ),
    Preset(
        name="shopware",
        label="Shopware",
        headers=("customer_number", "first_name", "last_name", "email", "sales_channel", "billing_street"),
        columns={
            "customer_number": "", "id": "external_id", "billing_street": "address", "billing_zipcode": "postcode",
            "billing_city": "city", "billing_country": "country", "billing_phone_number": "phone",
            "billing_company": "company",
        },
    ),
    Preset(
        name="stripe",
        label="Stripe",
        headers=("id", "email", "name", "created (utc)", "delinquent"),
        columns={"description": "note", "card country": ""},
    ),
    Preset(
        name="wordpress",
        label=gettext_lazy("WordPress users"),
        headers=("user_login", "user_email", "display_name"),
        columns={"user_login": "", "user_email": "email", "display_name": "name", "role": ""},
    ),
)  # fmt: skip
