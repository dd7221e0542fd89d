"""Writing customers: the only code that changes their tables."""

from regulars.customers.services.addresses import (
    add_address,
    clean_address,
    edit_address,
    make_address_main,
    remove_address,
)
from regulars.customers.services.batches import update_customers
from regulars.customers.services.bulk import (
    activate_customers,
    add_tags,
    archive_customers,
    deactivate_customers,
    remove_tags,
    restore_customers,
    set_group,
    subscribe_customers,
    unsubscribe_customers,
)
from regulars.customers.services.create import (
    EmailTaken,
    ExternalIdTaken,
    create_customer,
    create_group,
    insert_customers,
)
from regulars.customers.services.edit import edit_customer
from regulars.customers.services.figures import set_blocked, set_order_figures
from regulars.customers.services.notes import add_note, edit_note, pin_note, remove_note

__all__ = [
    "EmailTaken",
    "ExternalIdTaken",
    "activate_customers",
    "add_address",
    "add_note",
    "add_tags",
    "archive_customers",
    "clean_address",
    "create_customer",
    "create_group",
    "deactivate_customers",
    "edit_address",
    "edit_customer",
    "edit_note",
    "insert_customers",
    "make_address_main",
    "pin_note",
    "remove_address",
    "remove_note",
    "remove_tags",
    "restore_customers",
    "set_blocked",
    "set_group",
    "set_order_figures",
    "subscribe_customers",
    "unsubscribe_customers",
    "update_customers",
]
