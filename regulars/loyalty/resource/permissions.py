"""What a role may include about points."""

from regulars.staff.permissions import EVERYONE, MANAGERS, OWNERS, declare

VIEW = declare("points.view", "See the ledger of points", EVERYONE)
CHANGE = declare("points.change", "Give and take points", MANAGERS)
VOID = declare("points.void", "Void entries of points", MANAGERS)
TRANSFER = declare("points.transfer", "Transfer points to another customer", MANAGERS)
TIER_BY_HAND = declare("points.tier", "Set customers' tiers by hand", MANAGERS)
PROGRAMME = declare("points.programme", "Change the settings of points, earning and tiers", OWNERS)
# A file is not held up by what one person may give in a day, nor does it wait for a second one.
declare("points.import", "Bring points in from files", OWNERS)
declare("points.export", "Take the ledger of points out as a file", MANAGERS)
# The ledger is added to by verbs alone and never changed: nobody has these.
declare("points.create", "Write an entry of points by itself", frozenset())
declare("points.edit", "Change an entry of points", frozenset())
