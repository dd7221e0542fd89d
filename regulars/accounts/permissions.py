"""What a role may include about the sign-in of customers."""

from regulars.staff.permissions import CLERKS, MANAGERS, declare

MANAGE = declare("accounts.manage", "Send login mails and links for a new password, confirm logins", CLERKS)
RESET = declare("accounts.reset", "Reset passwords and second steps of customers", MANAGERS)
OPEN = declare("portal.open", "Look at the portal as a customer", CLERKS)
ACT = declare("portal.act", "Act in the portal on behalf of a customer", MANAGERS)
