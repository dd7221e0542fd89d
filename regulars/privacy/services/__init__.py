"""Looking after people's rights to their data: the only code that changes the tables of privacy."""

from regulars.privacy.services.carrying import carry_out, erase_due, withdraw_consents
from regulars.privacy.services.copies import NotReady, copy_now, fetch_copy, forget_old_copies, make_copy
from regulars.privacy.services.people import forget_people, remove_requests, renumber_requests
from regulars.privacy.services.requests import (
    AskedAlready,
    Asking,
    Finished,
    NotVerified,
    OnceOnly,
    ask,
    confirm_erasure,
    extend,
    take,
    turn_down,
    verify,
    withdraw,
)
from regulars.privacy.services.retention import (
    NumberChanged,
    RuleFacts,
    RuleTaken,
    remove_rule,
    save_rule,
    start_sweeps,
    switch_off,
    switch_on,
)
from regulars.privacy.services.settings import edit_settings

__all__ = [
    "AskedAlready",
    "Asking",
    "Finished",
    "NotReady",
    "NotVerified",
    "NumberChanged",
    "OnceOnly",
    "RuleFacts",
    "RuleTaken",
    "ask",
    "carry_out",
    "confirm_erasure",
    "copy_now",
    "edit_settings",
    "erase_due",
    "extend",
    "fetch_copy",
    "forget_old_copies",
    "forget_people",
    "make_copy",
    "remove_requests",
    "remove_rule",
    "renumber_requests",
    "save_rule",
    "start_sweeps",
    "switch_off",
    "switch_on",
    "take",
    "turn_down",
    "verify",
    "withdraw",
    "withdraw_consents",
]
