"""What a role may include about invoices."""

from regulars.staff.permissions import CLERKS, EVERYONE, MANAGERS, declare

VIEW = declare("invoices.view", "See invoices", EVERYONE)
CREATE = declare("invoices.create", "Make drafts of invoices", CLERKS)
EDIT = declare("invoices.edit", "Change drafts of invoices", CLERKS)
ISSUE = declare("invoices.issue", "Issue invoices", CLERKS)
PAY = declare("invoices.pay", "Record payments of invoices", CLERKS)
MAIL = declare("invoices.mail", "Mail invoices to customers", CLERKS)
VOID = declare("invoices.void", "Make invoices void", MANAGERS)
SEALED = declare("invoices.sealed", "Open the invoices of people who were anonymised", MANAGERS)
EXPORT = declare("invoices.export", "Take invoices out as a file", MANAGERS)
