"""What stands large on a customer's page of what the record itself holds."""

from regulars.resources.context import Context
from regulars.resources.field import Row
from regulars.resources.figure import Figure


def _tier(row: Row, context: Context) -> str:
    return str(row["tier"])


FIGURES = (Figure(field="points", rank=90, note=_tier, needs=("tier",), card=True),)
