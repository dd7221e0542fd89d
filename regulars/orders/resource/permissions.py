"""What a role may include about orders and products."""

from regulars.staff.permissions import CLERKS, EVERYONE, MANAGERS, declare

VIEW = declare("orders.view", "See orders", EVERYONE)
CREATE = declare("orders.create", "Write orders down", CLERKS)
EDIT = declare("orders.edit", "Change orders", CLERKS)
STATE = declare("orders.state", "Complete, cancel and reopen orders", CLERKS)
PAY = declare("orders.pay", "Record payments of orders", CLERKS)
RETURN = declare("orders.return", "Return items of an order", CLERKS)
MOVE = declare("orders.move", "Move orders to another customer", CLERKS)
DELETE = declare("orders.delete", "Delete orders", MANAGERS)
COMMISSION = declare("orders.commission", "See commissions of orders and customers", MANAGERS)
IMPORT = declare("orders.import", "Bring orders in from files", MANAGERS)
declare("orders.export", "Take orders out as files", MANAGERS)

PRODUCTS_VIEW = declare("products.view", "See products", EVERYONE)
PRODUCTS_CREATE = declare("products.create", "Add products", MANAGERS)
PRODUCTS_EDIT = declare("products.edit", "Change products", MANAGERS)
PRODUCTS_ARCHIVE = declare("products.archive", "Archive products and offer them again", MANAGERS)
declare("products.import", "Bring products in from files", MANAGERS)
declare("products.export", "Take products out as files", MANAGERS)
