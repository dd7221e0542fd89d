"""What a role may include about offers."""

from regulars.staff.permissions import CLERKS, EVERYONE, MANAGERS, OWNERS, declare

VIEW = declare("offers.view", "See offers, and what customers made of them", EVERYONE)
CREATE = declare("offers.create", "Add offers", MANAGERS)
EDIT = declare("offers.edit", "Change offers, open, pause and end them, make codes", MANAGERS)
SEND = declare("offers.send", "Send offers to customers", MANAGERS)
REDEEM = declare("offers.redeem", "Redeem offers at the counter", CLERKS)
VOID = declare("offers.void", "Take redemptions of offers back", MANAGERS)
MANAGE = declare("offers.manage", "Set the PIN of the counter, and how many offers a customer gets", OWNERS)
declare("offers.import", "Bring offers from files", MANAGERS)
declare("offers.export", "Take offers and their codes out as files", MANAGERS)
for _what, _label in (
    ("sent_offers", "what customers made of offers"),
    ("redemptions", "redemptions of offers"),
):
    declare(f"{_what}.view", f"See {_label}", EVERYONE)
    declare(f"{_what}.create", f"Not in use: {_label} come about by themselves", frozenset())
    declare(f"{_what}.edit", f"Not in use: {_label} are not changed", frozenset())
    declare(f"{_what}.export", f"Take {_label} out as files", MANAGERS)
