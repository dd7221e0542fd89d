"""Everything one can see, ask, sort, edit, import and export of a customer, and do with one."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from babel import Locale
from django.db.models import Case, CharField, Expression, Q, QuerySet, Sum, Value, When
from django.utils.translation import gettext_lazy as _

from regulars.customers import queries, services
from regulars.customers.choices import Flag, LifeStage, State
from regulars.kit import money
from regulars.kit.actor import Actor
from regulars.kit.errors import Invalid
from regulars.kit.text import fold
from regulars.resources import dates, kinds
from regulars.resources.action import Action
from regulars.resources.context import Context
from regulars.resources.field import Choices, Field, Row, Sort
from regulars.resources.language import Condition
from regulars.resources.resource import Resource, Tab
from regulars.staff.permissions import CLERKS, EVERYONE, MANAGERS, declare
from regulars.stores.models import Store

VIEW = declare("customers.view", "See customers", EVERYONE)
CREATE = declare("customers.create", "Add customers", CLERKS)
EDIT = declare("customers.edit", "Change customers", CLERKS)
NOTES = declare("notes.write", "Write notes about customers", CLERKS)
declare("notes.manage", "Change and remove notes of others", MANAGERS)
ARCHIVE = declare("customers.archive", "Archive and restore customers", CLERKS)
STATE = declare("customers.state", "Deactivate and activate customers", MANAGERS)
TAG = declare("customers.tag", "Change tags and groups of customers", CLERKS)
CONSENT = declare("customers.consent", "Change newsletter consent", CLERKS)
COMMISSION = declare("customers.commission", "Change the commission of customers", MANAGERS)
declare("customers.import", "Bring customers in from files", MANAGERS)
EXPORT = declare("customers.export", "Take customers out as files", MANAGERS)

STATE_TONES = {
    State.ACTIVE: "green",
    State.INACTIVE: "grey",
    State.ARCHIVED: "grey",
    State.ANONYMISED: "grey",
}
FLAG_TONES = {Flag.TRUSTED: "green", Flag.MONITOR: "amber", Flag.HIGH_RISK: "red", Flag.NONE: "grey"}
STAGE_TONES = {
    LifeStage.POTENTIAL: "grey",
    LifeStage.NEW: "blue",
    LifeStage.CUSTOMER: "green",
    LifeStage.LOYAL: "violet",
}
IDENTITY, CONTACT, PLACE, BUYING, DESK = _("Customer"), _("Contact"), _("Place"), _("Buying"), _("Desk")


@lru_cache(maxsize=16)
def _countries(locale: str) -> Choices:
    names = Locale.parse(locale).territories
    codes = [
        code
        for code in names
        if len(code) == 2 and code.isalpha() and code not in {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"}
    ]
    return sorted(((code, names[code]) for code in codes), key=lambda pair: fold(pair[1]))


@lru_cache(maxsize=1)
def _country_words() -> dict[str, str]:
    """Every way the interface's languages and ISO write a country, folded, to its code."""
    words: dict[str, str] = {}
    for locale in ("ar", "es", "de", "fr", "pt", "it", "nl", "en"):
        words.update({fold(name): code for code, name in _countries(locale)})
    words.update({code.lower(): code for code, _name in _countries("en")})
    words.update(
        {
            "usa": "US",
            "uk": "GB",
            "england": "GB",
            "scotland": "GB",
            "wales": "GB",
            "holland": "NL",
            "czech republic": "CZ",
        }
    )
    words.update(
        {"united states of america": "US", "korea": "KR", "south korea": "KR", "russia": "RU", "uae": "AE"}
    )
    return words


class Country(kinds.Choice):
    """A country: ISO code kept, name in many languages understood."""

    def clean(self, raw: str, field: Field, context: Context) -> str:
        word = fold(raw)
        if not word:
            return ""
        code = _country_words().get(word)
        if code is None:
            raise Invalid(
                f"“{raw.strip()[:60]}” is not a known country. Write its two-letter code, like FR, or its name."
            )
        return code


class Language(kinds.Choice):
    """A language: its code kept ("fr", "pt-BR"), its name in the interface's language understood."""

    def clean(self, raw: str, field: Field, context: Context) -> str:
        word = raw.strip().replace("_", "-")
        if not word:
            return ""
        for code, name in _languages("en"):
            if fold(word) in (fold(name), code.lower()):
                return code
        base, _dash, region = word.partition("-")
        if base.lower() in dict(_languages("en")) and region.isalpha() and len(region) == 2:
            return f"{base.lower()}-{region.upper()}"
        raise Invalid(f"“{raw.strip()[:60]}” is not a known language. Write its code, like fr or pt-BR.")


@lru_cache(maxsize=16)
def _languages(locale: str) -> Choices:
    names = Locale.parse(locale).languages
    return sorted(
        ((code, name) for code, name in names.items() if len(code) == 2), key=lambda pair: fold(pair[1])
    )


def _country_choices(context: Context) -> Choices:
    return _countries(context.locale.partition("_")[0])


def _language_choices(context: Context) -> Choices:
    return _languages(context.locale.partition("_")[0])


def _group_choices(context: Context) -> Choices:
    return [(str(group.pk), group.name) for group in queries.groups_of(store=context.store)]


def _labels(choices: Any) -> Any:
    return lambda context: [(value, str(label)) for value, label in choices.choices]


def _name(row: Row, context: Context | None = None) -> str:
    full = f"{row['first_name']} {row['last_name']}".strip()
    return full or row["company"] or row["email"] or f"#{row['number']}"


def _age(row: Row, context: Context) -> int | None:
    born = row["birthdate"]
    if born is None:
        return None
    return (
        context.today.year - born.year - ((context.today.month, context.today.day) < (born.month, born.day))
    )


def _age_condition(condition: Condition, field: Field, context: Context) -> Q:
    """Asks of the birthdate: older than 30 means born before this day 30 years ago."""
    if condition.operator == "is empty":
        return Q(birthdate__isnull=True)
    if condition.operator == "is not empty":
        return Q(birthdate__isnull=False)
    negative = {"!=": "=", "not in": "in"}.get(condition.operator)
    if negative:
        return ~_age_condition(Condition(condition.field, negative, condition.values), field, context)
    ages = [field.kind.operand(value, field, context) for value in condition.values]
    if any(not 0 <= age <= 150 for age in ages):
        raise Invalid("Give an age from 0 to 150.")

    def born_by(age: int) -> date:
        return dates.shift(context.today, -age, "y")

    match condition.operator:
        case "<":
            return Q(birthdate__gt=born_by(ages[0]))
        case "<=":
            return Q(birthdate__gt=born_by(ages[0] + 1))
        case ">":
            return Q(birthdate__lte=born_by(ages[0] + 1))
        case ">=":
            return Q(birthdate__lte=born_by(ages[0]))
        case "between":
            return Q(birthdate__lte=born_by(ages[0]), birthdate__gt=born_by(ages[1] + 1))
    found = Q(pk__in=[])
    for age in ages:
        found |= Q(birthdate__lte=born_by(age), birthdate__gt=born_by(age + 1))
    return found


def life_stage_cases(context: Context) -> list[tuple[str, Q]]:
    """The life stages in the order they are tried, by the store's thresholds: loyal before new before customer."""
    store = context.store
    new_since = dates.day_start(dates.shift(context.today, -store.new_days, "d"), context)
    loyal_since = dates.day_start(dates.shift(context.today, -store.loyal_days, "d"), context)
    return [
        (LifeStage.POTENTIAL, Q(orders_count=0)),
        (LifeStage.LOYAL, Q(orders_count__gte=store.loyal_orders, last_order_at__gte=loyal_since)),
        (LifeStage.NEW, Q(first_order_at__gte=new_since)),
        (LifeStage.CUSTOMER, Q()),
    ]


def _life_stage_expression(context: Context) -> Expression:
    cases = life_stage_cases(context)
    return Case(
        *(When(condition, then=Value(stage)) for stage, condition in cases[:-1]),
        default=Value(LifeStage.CUSTOMER),
        output_field=CharField(),
    )


def _life_stage_condition(condition: Condition, field: Field, context: Context) -> Q:
    """Asks of the figures themselves, so that indexes serve it."""
    if condition.operator in ("is empty", "is not empty"):
        return Q(pk__in=[]) if condition.operator == "is empty" else Q()
    wanted = {field.clean(value, context) for value in condition.values}
    found, earlier = Q(pk__in=[]), Q()
    for stage, rule in life_stage_cases(context):
        if stage in wanted:
            found |= rule & ~earlier if earlier else rule
        earlier |= rule
    return ~found if condition.operator in ("!=", "not in") else found


def _texts(*paths: str) -> Q:
    return Q(**dict.fromkeys(paths, ""))


FIELDS = (
    Field(
        name="name", label=_("Customer"), kind=kinds.Text(max_length=200), section=IDENTITY, path="name_key", key="name_key",
        needs=("first_name", "last_name", "company", "email", "number"), value=_name,
        sort=Sort("name_key"), shown=True, width=220, exportable=False, personal="identity",
        importable=True, aliases=("name", "full name", "customer name", "contact name", "display name", "customer", "nom complet"),
        help=_("A full name is split at its last space."),
    ),
    Field(
        name="number", label=_("Number"), kind=kinds.Integer(minimum=1, maximum=10**15), section=IDENTITY, width=90,
        sort=Sort("number"), importable=True, aliases=("customer number", "customer no", "number"),
    ),
    Field(
        name="first_name", label=_("First name"), kind=kinds.Text(max_length=100), section=IDENTITY, editable=True, inline=True,
        in_search=True, sort=Sort("name_key"), importable=True, personal="identity",
        aliases=("first name", "firstname", "given name", "fname", "first", "prenom", "vorname", "nombre", "voornaam", "first name*"),
    ),
    Field(
        name="last_name", label=_("Last name"), kind=kinds.Text(max_length=100), section=IDENTITY, editable=True,
        in_search=True, sort=Sort("last_name_key"), importable=True, personal="identity",
        aliases=("last name", "lastname", "surname", "family name", "lname", "last", "nom", "nachname", "apellido", "apellidos",
                 "achternaam", "last name*", "nom de famille"),
    ),
    Field(
        name="company", label=_("Company"), kind=kinds.Text(max_length=200), section=IDENTITY, key="company_key", editable=True,
        sort=Sort("company_key", empties=_texts("company_key")), importable=True, personal="identity", width=160,
        aliases=("company", "company name", "organization", "organisation", "organization name", "default address company",
                 "billing company", "societe", "entreprise", "firma", "empresa", "business name", "account name"),
    ),
    Field(
        name="email", label=_("E-mail"), kind=kinds.Email(max_length=254), section=CONTACT, key="email_key", editable=True,
        sort=Sort("email_key", empties=_texts("email_key")), shown=True, importable=True, personal="contact", width=220,
        aliases=("email", "e-mail", "email address", "e-mail address", "mail", "email*", "courriel", "e-mail 1 - value", "customer email",
                 "adresse email", "adresse e-mail", "e-mail-adresse", "correo electronico", "email 1", "primary email"),
    ),
    Field(
        name="phone", label=_("Phone"), kind=kinds.Phone(max_length=60), section=CONTACT, editable=True, needs=("phone", "phone_typed"),
        sort=Sort("phone", empties=_texts("phone")), importable=True, personal="contact", width=150,
        aliases=("phone", "phone number", "telephone", "mobile", "mobile phone", "mobile number", "tel", "cell", "cell phone",
                 "default address phone", "phone 1 - value", "billing phone", "phone*", "telefon", "telefono", "home phone",
                 "registered mobile number", "telephone number", "handy"),
    ),
    Field(
        name="birthdate", label=_("Birthdate"), kind=kinds.Date(), section=IDENTITY, editable=True, importable=True,
        sort=Sort("birthdate", empties=Q(birthdate__isnull=True)), personal="identity", width=110,
        aliases=("birthdate", "birthday", "date of birth", "dob", "birth date", "birth date (yyyy-mm-dd)", "date de naissance",
                 "geburtstag", "geburtsdatum", "birthday (yyyy-mm-dd)"),
    ),
    Field(
        name="age", label=_("Age"), kind=kinds.Integer(), section=IDENTITY, path="birthdate", value=_age, condition=_age_condition,
        sort=None, personal="identity", width=70,
    ),
    Field(
        name="country", label=_("Country"), kind=Country(), section=PLACE, choices=_country_choices, editable=True,
        sort=Sort("country", empties=_texts("country")), shown=True, importable=True, personal="place", width=120,
        aliases=("country", "country code", "default address country code", "country / region", "billing country", "country*",
                 "country name", "pays", "land", "pais", "country region", "address 1 - country", "country/region", "id_country"),
    ),
    Field(
        name="city", label=_("City"), kind=kinds.Text(max_length=120), section=PLACE, key="city_key", editable=True,
        sort=Sort("city_key", empties=_texts("city_key")), shown=True, importable=True, personal="place",
        aliases=("city", "town", "default address city", "billing city", "city*", "ville", "stadt", "ciudad", "ort",
                 "address 1 - city", "city/town"),
    ),
    Field(
        name="region", label=_("Region"), kind=kinds.Text(max_length=120), section=PLACE, editable=True, importable=True,
        personal="place",
        aliases=("region", "state", "province", "province code", "state/province", "default address province code",
                 "billing state", "county", "address 1 - region", "state/region", "provincia", "bundesland"),
    ),
    Field(
        name="postcode", label=_("Postcode"), kind=kinds.Text(max_length=20), section=PLACE, editable=True, in_search=True,
        importable=True, personal="place", width=100,
        aliases=("postcode", "postal code", "zip", "zip code", "zipcode", "default address zip", "billing postcode", "postcode*",
                 "code postal", "plz", "postleitzahl", "zip/postal code", "address 1 - postal code", "postal/zip code", "cp"),
    ),
    Field(
        name="address", label=_("Address"), kind=kinds.Text(max_length=300, multiline=True), section=PLACE, editable=True, importable=True, personal="place",
        width=220,
        aliases=("address", "address 1", "address1", "street", "street address", "default address address1", "billing address 1",
                 "address line 1", "address1*", "adresse", "strasse", "direccion", "address 1 - street", "street address 1", "address*"),
    ),
    Field(
        name="building", label=_("Building"), kind=kinds.Text(max_length=200), section=PLACE, editable=True, importable=True, personal="place",
        aliases=("building", "address 2", "address2", "apartment", "suite", "default address address2", "billing address 2",
                 "address line 2", "complement d'adresse", "street address 2", "address 1 - extended address"),
        help=_("House, floor or flat: couriers need it apart from the street."),
    ),
    Field(
        name="language", label=_("Language"), kind=Language(), section=CONTACT, choices=_language_choices, editable=True, importable=True,
        aliases=("language", "locale", "lang", "langue", "sprache", "idioma", "preferred language"), width=100,
    ),
    Field(
        name="group", label=_("Group"), kind=kinds.Reference(), section=DESK, path="group_id", choices=_group_choices,
        needs=("group_id", "group__name"), editable=True, edit_permission=TAG, importable=True,
        aliases=("group", "customer group", "user group", "groups (x,y,z...)", "default group id", "groups"),
        value=lambda row, context: row["group__name"],
    ),
    Field(
        name="tags", label=_("Tags"), kind=kinds.Tags(), section=DESK, editable=True, edit_permission=TAG, shown=True, importable=True, width=200,
        aliases=("tags", "tag", "labels", "customer tags", "categories", "etiquettes"),
    ),
    Field(
        name="state", tones=STATE_TONES, label=_("State"), kind=kinds.Choice(), section=DESK, choices=_labels(State), width=100,
    ),
    Field(name="blocked", label=_("Blocked"), kind=kinds.Boolean(), section=DESK, width=90),
    Field(name="flag", tones=FLAG_TONES, label=_("Flag"), kind=kinds.Choice(), section=DESK, choices=_labels(Flag), width=100),
    Field(
        name="life_stage", tones=STAGE_TONES, label=_("Life stage"), kind=kinds.Choice(), section=BUYING, path="f_life_stage",
        expression=_life_stage_expression, condition=_life_stage_condition, choices=_labels(LifeStage), shown=True, width=110,
    ),
    Field(name="orders_count", label=_("Orders"), kind=kinds.Integer(), section=BUYING, sort=Sort("orders_count", zeros=True), shown=True, width=90),
    Field(name="items_count", label=_("Products"), kind=kinds.Integer(), section=BUYING, sort=Sort("items_count", zeros=True), width=90),
    Field(name="spent", label=_("Total spent"), kind=kinds.Money(), section=BUYING, path="spent_minor", sort=Sort("spent_minor", zeros=True), shown=True, width=120),
    Field(
        name="average_order", why_empty=_("No orders yet"), label=_("Average order"), kind=kinds.Money(), section=BUYING, path="average_order_minor",
        sort=Sort("average_order_minor", empties=Q(average_order_minor__isnull=True)), width=120,
    ),
    Field(
        name="first_order", why_empty=_("No orders yet"), label=_("First order"), kind=kinds.Moment(), section=BUYING, path="first_order_at",
        sort=Sort("first_order_at", empties=Q(first_order_at__isnull=True)), width=120,
    ),
    Field(
        name="last_order", why_empty=_("No orders yet"), label=_("Last order"), kind=kinds.Moment(), section=BUYING, path="last_order_at", shown=True,
        sort=Sort("last_order_at", empties=Q(last_order_at__isnull=True)), width=120,
    ),
    Field(name="points", label=_("Points"), kind=kinds.Integer(), section=BUYING, sort=Sort("points", zeros=True), width=90),
    Field(name="tier", label=_("Tier"), kind=kinds.Text(), section=BUYING, width=100),
    Field(name="payout_method", label=_("Payout method"), kind=kinds.Text(), section=BUYING, personal="payment"),
    Field(
        name="commission_reduction", label=_("Commission reduced %"), section=BUYING, editable=True, edit_permission=COMMISSION, importable=True,
        kind=kinds.Number(minimum=Decimal(0), maximum=Decimal(100)), width=130,
        aliases=("commission reduced %", "commission reduction", "commission reduced"),
    ),
    Field(
        name="accepts_marketing", label=_("Newsletter"), kind=kinds.Boolean(), section=CONTACT, editable=True, edit_permission=CONSENT, importable=True, width=100,
        aliases=("accepts marketing", "accepts email marketing", "newsletter", "newsletter (0/1)", "email marketing", "opt in",
                 "subscribed", "email_marketing_consent", "marketing", "optin", "accepts_email_marketing", "is_subscribed"),
    ),
    Field(
        name="points_summary", label=_("Points summary"), kind=kinds.Boolean(), section=CONTACT, editable=True, edit_permission=CONSENT, importable=True,
        aliases=("points summary", "subscription to rewards points summary"), width=120,
    ),
    Field(name="has_account", label=_("Has account"), kind=kinds.Boolean(), section=DESK, width=100),
    Field(
        name="note", label=_("Note"), kind=kinds.Text(max_length=5000, multiline=True), section=DESK, editable=True, inline=False, importable=True, personal="note",
        aliases=("note", "notes", "internal note", "customer note", "comment", "comments", "remarque", "bemerkung", "notiz"), width=240,
        help=_("Only staff see this."),
    ),
    Field(
        name="created", label=_("Added"), kind=kinds.Moment(), section=DESK, path="created_at", sort=Sort("created_at"), importable=True, width=120,
        aliases=("created", "created at", "created_at", "sign up", "registration date", "date registered", "customer since",
                 "registration date (yyyy-mm-dd)", "date added", "create date", "signup date", "registered"),
    ),
    Field(name="updated", label=_("Changed"), kind=kinds.Moment(), section=DESK, path="updated_at", sort=Sort("updated_at"), width=120),
    Field(
        name="source", label=_("Source"), kind=kinds.Text(max_length=60), section=DESK, importable=True, aliases=("source", "lead source", "origin"),
    ),
    Field(
        name="external_id", label=_("External id"), kind=kinds.Text(max_length=120), section=DESK, editable=True, inline=False, importable=True,
        in_search=True,
        aliases=("external id", "customer id", "id", "user id", "entity_id", "record id", "contact id", "customer_id", "id customer",
                 "external_id", "contact_id"),
    ),
)  # fmt: skip


def _is(state: State) -> Any:
    return lambda row: row["state"] == state


_TAGS_INPUT = Field(
    name="tags", label=_("Tags"), kind=kinds.Tags(), required=True, help=_("Several are parted by commas.")
)
_GROUP_INPUT = Field(name="group", label=_("Group"), kind=kinds.Reference(), choices=_group_choices)

ACTIONS = (
    Action(
        name="archive", label=_("Archive"), done_label=_("Archived"), icon="archive", permission=ARCHIVE, danger=True, reverse="restore",
        perform=services.archive_customers, needs=("state",),
        offered=lambda row: row["state"] in (State.ACTIVE, State.INACTIVE),
    ),
    Action(
        name="restore", label=_("Restore"), done_label=_("Restored"), icon="restore", permission=ARCHIVE, reverse="archive",
        perform=services.restore_customers, needs=("state",), offered=_is(State.ARCHIVED),
    ),
    Action(
        name="deactivate", label=_("Deactivate"), done_label=_("Deactivated"), icon="user-off", permission=STATE, reverse="activate",
        perform=services.deactivate_customers, needs=("state",), offered=_is(State.ACTIVE),
        confirm=_("Their data is kept, but they cannot sign in any more."),
    ),
    Action(
        name="activate", label=_("Activate"), done_label=_("Activated"), icon="user-check", permission=STATE, reverse="deactivate",
        perform=services.activate_customers, needs=("state",), offered=_is(State.INACTIVE),
    ),
    Action(
        name="add-tag", label=_("Add tag"), done_label=_("Tagged"), icon="tag", permission=TAG, inputs=(_TAGS_INPUT,),
        perform=services.add_tags, reverse="remove-tag",
    ),
    Action(
        name="remove-tag", label=_("Remove tag"), done_label=_("Untagged"), icon="tag-off", permission=TAG, inputs=(_TAGS_INPUT,),
        perform=services.remove_tags, reverse="add-tag",
    ),
    Action(
        name="set-group", label=_("Set group"), done_label=_("Put into the group"), icon="users-group", permission=TAG, inputs=(_GROUP_INPUT,),
        perform=services.set_group,
    ),
    Action(
        name="subscribe", label=_("Subscribe to newsletter"), done_label=_("Subscribed"), icon="mail-check", permission=CONSENT,
        perform=services.subscribe_customers, needs=("accepts_marketing",), offered=lambda row: not row["accepts_marketing"],
        reverse="unsubscribe",
    ),
    Action(
        name="unsubscribe", label=_("Unsubscribe from newsletter"), done_label=_("Unsubscribed"), icon="mail-off", permission=CONSENT,
        perform=services.unsubscribe_customers, needs=("accepts_marketing",), offered=lambda row: row["accepts_marketing"],
        reverse="subscribe",
    ),
)  # fmt: skip


def _create(*, store: Store, values: dict[str, Any], actor: Actor, now: datetime) -> UUID:
    return services.create_customer(store=store, values=columns_of(values), actor=actor, now=now).pk


def _edit(
    *,
    store: Store,
    record_id: UUID,
    values: dict[str, Any],
    base_version: int | None,
    actor: Actor,
    now: datetime,
) -> int:
    edited = services.edit_customer(
        store=store,
        customer_id=record_id,
        values=columns_of(values),
        base_version=base_version,
        actor=actor,
        now=now,
    )
    return edited.version


def columns_of(values: dict[str, Any]) -> dict[str, Any]:
    """Catalogue names to columns: a full name becomes two, the group its id, the date of birth of the record created_at."""
    columns = dict(values)
    if "name" in columns:
        first, _space, last = columns.pop("name").rpartition(" ")
        columns.setdefault("first_name", first or last)
        columns.setdefault("last_name", last if first else "")
    if "group" in columns:
        columns["group_id"] = columns.pop("group")
    if "created" in columns:
        columns["created_at"] = columns.pop("created")
    if columns.get("commission_reduction", 0) is None:
        columns["commission_reduction"] = 0
    return columns


def _summary(rows: QuerySet[Any], context: Context) -> list[tuple[str, str]]:
    sums = rows.order_by().aggregate(spent=Sum("spent_minor"), orders=Sum("orders_count"))
    spent, orders = sums["spent"] or 0, sums["orders"] or 0
    if not orders:
        return []
    currency, locale = context.store.currency, context.locale
    return [
        (str(_("Total spent")), money.display_money(spent, currency, locale)),
        (str(_("Average order")), money.display_money(round(spent / orders), currency, locale)),
    ]


CUSTOMERS = Resource(
    name="customers",
    label=_("Customers"),
    singular=_("Customer"),
    noun="customer",
    rows=queries.customers_of,
    title=_name,
    title_needs=("first_name", "last_name", "company", "email", "number", "version"),
    search=queries.search_spans,
    search_filter=queries.search_filter,
    search_hint=_("Name, e-mail, phone, number"),
    tabs=(
        Tab("active", _("Active"), Q(state=State.ACTIVE, blocked=False)),
        Tab("blocked", _("Blocked"), Q(blocked=True)),
        Tab("inactive", _("Inactive"), Q(state=State.INACTIVE)),
        Tab("archived", _("Archived"), Q(state=State.ARCHIVED)),
        Tab("all", _("All"), Q()),
    ),
    default_tab="active",
    default_sort=("created", True),
    summary=_summary,
    create=_create,
    edit=_edit,
    lead="name",
    documentation="customers",
    synonyms={
        "tag": "tags",
        "orders": "orders_count",
        "items": "items_count",
        "newsletter": "accepts_marketing",
    },
)
CUSTOMERS.add(fields=FIELDS, actions=ACTIONS)
