"""Writing the block list: rules, the mark beside customers, and the answer at every door."""

from regulars.blocklist.services.customers import block_customers, unblock_customers
from regulars.blocklist.services.forget import forget_people
from regulars.blocklist.services.gate import (
    Verdict,
    may_order,
    may_pass,
    may_register,
    may_sign_in,
    may_trade_in,
    may_use_api,
)
from regulars.blocklist.services.imports import write_imported_rules
from regulars.blocklist.services.marks import look_again, recount_marks, settle_due, settle_rules
from regulars.blocklist.services.rules import (
    NeedsSecondYes,
    NewRule,
    RuleExists,
    add_rule,
    edit_rule,
    rekey_rules,
    remove_rules,
)
from regulars.blocklist.services.tidy import purge_old
from regulars.blocklist.services.undo import undo_customers, undo_rules

__all__ = [
    "NeedsSecondYes",
    "NewRule",
    "RuleExists",
    "Verdict",
    "add_rule",
    "block_customers",
    "edit_rule",
    "forget_people",
    "look_again",
    "may_order",
    "may_pass",
    "may_register",
    "may_sign_in",
    "may_trade_in",
    "may_use_api",
    "purge_old",
    "recount_marks",
    "rekey_rules",
    "remove_rules",
    "settle_due",
    "settle_rules",
    "unblock_customers",
    "undo_customers",
    "undo_rules",
    "write_imported_rules",
]
