"""What a role may include about customers."""

from regulars.staff.permissions import CLERKS, EVERYONE, MANAGERS, declare

VIEW = declare("customers.view", "See customers", EVERYONE)
CREATE = declare("customers.create", "Add customers", CLERKS)
EDIT = declare("customers.edit", "Change customers", CLERKS)
NOTES = declare("notes.write", "Write notes about customers", CLERKS)
declare("notes.manage", "Change and remove notes of others", MANAGERS)
ARCHIVE = declare("customers.archive", "Archive and restore customers", CLERKS)
STATE = declare("customers.state", "Deactivate and activate customers", MANAGERS)
TAG = declare("customers.tag", "Change tags and groups of customers", CLERKS)
CONSENT = declare("customers.consent", "Change newsletter consent", CLERKS)
COMMISSION = declare("customers.commission", "Change the commission of customers", MANAGERS)
IMPORT = declare("customers.import", "Bring customers in from files", MANAGERS)
EXPORT = declare("customers.export", "Take customers out as files", MANAGERS)
FLAG = declare("customers.flag", "Flag customers and see why they are flagged", CLERKS)
ANONYMISE = declare("customers.anonymise", "Anonymise customers", MANAGERS)
DELETE = declare("customers.delete", "Delete customers", MANAGERS)
