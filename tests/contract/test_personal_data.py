"""Whatever is kept about customers can be forgotten: a new table or column fails here until somebody says how."""

import pytest
from django.apps import apps
from django.db import connection

from regulars.customers.erasing import covered_tables
from regulars.customers.models import Customer
from regulars.customers.services.erasers import RESET
from regulars.customers.services.people import personal_columns
from regulars.resources.resource import get_resource

# Tables without anything personal of a customer, and why.
IMPERSONAL = {
    "stores_store": "settings of a store",
    "privacy_settings": "what a store promises",
    "privacy_retentionrule": "how long a store keeps customers",
    "messaging_settings": "when a store writes",
    "accounts_settings": "how customers of a store sign in; the hash of a default password",
    "messaging_template": "how a store words its messages",
    "messaging_stopped": "keyed hashes; they outlast the person so that nobody is written to again",
    "invoices_settings": "how a store writes its invoices",
    "loyalty_programme": "how a store gives and takes points",
    "loyalty_expiry": "until when a store's points were looked at",
    "offers_settings": "a hash of a store's PIN, and a limit",
    "offers_offer": "what a store gives",
    "offers_picture": "what it looks like",
    "customers_group": "names of groups",
    "tradeins_counter": "the number of the next trade-in",
    "loyalty_earnrule": "what a store gives points for",
    "loyalty_earning": "on which terms an order earned",
    "loyalty_tier": "levels of a store's programme",
    "orders_product": "what a store sells",
    "reports_countedreport": "sums, and customers' ids",
    "reports_scorescale": "boundaries of figures",
    "transfers_claim": "hashes that only one phase of one import can make",
    "staff_user": "who works here",
    "staff_membership": "who works here",
    "staff_invitation": "who works here",
    "staff_apitoken": "other systems",
    "staff_startcode": "one hash",
    "staff_cache": "attempts of staff to sign in",
    "account_emailaddress": "who works here",
    "account_emailconfirmation": "who works here",
    "mfa_authenticator": "who works here",
    "usersessions_usersession": "devices of staff",
    "django_session": "sessions of staff",
    "django_migrations": "of the database itself",
    "django_content_type": "names of models",
    "auth_permission": "of Django, unused",
    "auth_group": "of Django, unused",
    "auth_group_permissions": "of Django, unused",
    "procrastinate_events": "when jobs began and ended",
    "procrastinate_periodic_defers": "when jobs are due",
    "procrastinate_workers": "heartbeats",
}
# Columns of a customer that stay after anonymising, and why.
KEPT = {
    "id": "orders point to it",
    "store": "orders point to it",
    "number": "how staff speak of the record",
    "version": "of the record",
    "state": "of the record",
    "language": "of the figures; says nothing of a person",
    "group": "of the figures",
    "commission_reduction": "of the figures",
    "source": "of the figures",
    "created_at": "of the figures",
    "updated_at": "of the record",
    "orders_count": "of the figures",
    "items_count": "of the figures",
    "spent_minor": "of the figures",
    "returned_minor": "of the figures",
    "commission_minor": "of the figures",
    "average_order_minor": "of the figures",
    "days_between_orders": "of the figures",
    "first_order_at": "of the figures",
    "last_order_at": "of the figures",
    "credit_minor": "of the figures",
    "points": "of the figures",
    "points_pending": "of the figures",
    "tier": "of the figures",
    "blocked": "who was blocked stays blocked",
    "has_account": "of the record",
}


def all_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE' "
            "AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        )
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db
def test_every_table_has_an_eraser_or_holds_nothing_personal() -> None:
    covered = set(covered_tables())
    undeclared = all_tables() - covered - set(IMPERSONAL)
    assert not undeclared, (
        f"Say how customers are erased from {sorted(undeclared)}: regulars/customers/erasing.py"
    )
    assert not covered & set(IMPERSONAL)


@pytest.mark.django_db
def test_nothing_is_declared_that_does_not_exist() -> None:
    # Tables of Django's and of the queue differ between their versions.
    ours = {
        name for name in IMPERSONAL if name.partition("_")[0] in {one.label for one in apps.get_app_configs()}
    }
    django = {
        name for name in ours if name.startswith(("auth_", "django_", "account_", "mfa_", "usersessions_"))
    }
    assert set(covered_tables()) | (ours - django) <= all_tables()


def test_every_column_of_a_customer_is_emptied_or_kept_for_a_reason() -> None:
    columns = {field.name for field in Customer._meta.concrete_fields}
    emptied = personal_columns() | set(RESET)
    assert emptied | set(KEPT) == columns
    assert not emptied & set(KEPT)


def test_fields_that_say_who_somebody_is_are_personal() -> None:
    fields = {field.name: field for field in get_resource("customers").all_fields()}
    for name in (
        "name",
        "email",
        "phone",
        "birthdate",
        "address",
        "city",
        "postcode",
        "note",
        "tags",
        "flag_reason",
    ):
        assert fields[name].personal, name
