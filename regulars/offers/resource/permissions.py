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
declare("sent_offers.view", "See what customers made of offers", EVERYONE)
declare("sent_offers.create", "Not in use: what customers made of offers comes about by itself", frozenset())
declare("sent_offers.edit", "Not in use: what customers made of offers is not changed", frozenset())
declare("sent_offers.export", "Take what customers made of offers out as files", MANAGERS)
declare("redemptions.view", "See redemptions of offers", EVERYONE)
declare("redemptions.create", "Not in use: redemptions of offers come about by themselves", frozenset())
declare("redemptions.edit", "Not in use: redemptions of offers are not changed", frozenset())
declare("redemptions.export", "Take redemptions of offers out as files", MANAGERS)
