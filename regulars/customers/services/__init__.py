"""Writing customers: the only code that changes their tables."""

from regulars.customers.services.addresses import (
    add_address,
    clean_address,
    edit_address,
    make_address_main,
    remove_address,
)
from regulars.customers.services.anonymise import anonymise_customers, preview_anonymise
from regulars.customers.services.batches import update_customers
from regulars.customers.services.bulk import (
    activate_customers,
    add_tags,
    archive_customers,
    deactivate_customers,
    remove_tags,
    restore_customers,
    set_group,
    set_language,
    subscribe_customers,
    subscribe_to_sms,
    subscribe_to_summary,
    unsubscribe_customers,
    unsubscribe_from_sms,
    unsubscribe_from_summary,
)
from regulars.customers.services.create import (
    EmailTaken,
    ExternalIdTaken,
    create_customer,
    create_group,
    insert_customers,
)
from regulars.customers.services.delete import delete_customers, preview_delete
from regulars.customers.services.edit import edit_customer
from regulars.customers.services.figures import (
    POINTS_ADDED,
    rename_tier,
    set_blocked,
    set_credit,
    set_has_account,
    set_order_figures,
    set_payout_method,
    set_points,
    set_tiers,
)
from regulars.customers.services.flags import flag_customers, mark_flags_reviewed
from regulars.customers.services.imports import add_imported
from regulars.customers.services.notes import add_note, edit_note, pin_note, remove_note
from regulars.customers.services.own import make_own_address_main, remove_own_address, save_own_address

__all__ = [
    "POINTS_ADDED",
    "EmailTaken",
    "ExternalIdTaken",
    "activate_customers",
    "add_address",
    "add_imported",
    "add_note",
    "add_tags",
    "anonymise_customers",
    "archive_customers",
    "clean_address",
    "create_customer",
    "create_group",
    "deactivate_customers",
    "delete_customers",
    "edit_address",
    "edit_customer",
    "edit_note",
    "flag_customers",
    "insert_customers",
    "make_address_main",
    "make_own_address_main",
    "mark_flags_reviewed",
    "pin_note",
    "preview_anonymise",
    "preview_delete",
    "remove_address",
    "remove_note",
    "remove_own_address",
    "remove_tags",
    "rename_tier",
    "restore_customers",
    "save_own_address",
    "set_blocked",
    "set_credit",
    "set_group",
    "set_has_account",
    "set_language",
    "set_order_figures",
    "set_payout_method",
    "set_points",
    "set_tiers",
    "subscribe_customers",
    "subscribe_to_sms",
    "subscribe_to_summary",
    "unsubscribe_customers",
    "unsubscribe_from_sms",
    "unsubscribe_from_summary",
    "update_customers",
]
