"""What a role may include about the block list."""

from regulars.staff.permissions import CLERKS, EVERYONE, MANAGERS, declare

VIEW = declare("blocks.view", "See the block list", EVERYONE)
VALUES = declare("blocks.values", "See whole e-mails, numbers and addresses in the block list", CLERKS)
BLOCK = declare("customers.block", "Block and unblock customers", CLERKS)
EDIT = declare("blocks.edit", "Change and remove rules of the block list", MANAGERS)
CREATE = declare("blocks.create", "Add rules to the block list", MANAGERS)
declare("blocks.import", "Bring rules of the block list in from files", MANAGERS)
declare("blocks.export", "Take the block list out as a file", MANAGERS)
