"""What a role may include about trade-ins and how customers are paid."""

from regulars.staff.permissions import CLERKS, EVERYONE, MANAGERS, declare

VIEW = declare("tradeins.view", "See trade-ins", EVERYONE)
CREATE = declare("tradeins.create", "Take trade-ins down", CLERKS)
EDIT = declare("tradeins.edit", "Change trade-ins and take them further", CLERKS)
PAY = declare("tradeins.pay", "Mark trade-ins as paid", CLERKS)
PAYOUTS = declare("payouts.edit", "Say how customers and trade-ins are paid", CLERKS)
REVEAL = declare("payouts.reveal", "See account numbers and other particulars of payouts", MANAGERS)
declare("tradeins.export", "Take trade-ins out as files", MANAGERS)
