"""What segments add to customers: a condition, and putting them in and taking them out."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from regulars.customers.choices import State
from regulars.resources import kinds
from regulars.resources.action import Action
from regulars.resources.context import Context
from regulars.resources.field import Choices, Field, Row
from regulars.segments import queries, services
from regulars.segments.rules import FILL, VIEW


class Names(tuple[str, ...]):
    """The names of segments, as one reads them."""

    def __str__(self) -> str:
        return ", ".join(self)


@dataclass(frozen=True, slots=True)
class InSegments(kinds.Reference):
    """Segments by name; a customer is in several at once. The value is their names, as of the last refresh."""

    operators: ClassVar[tuple[str, ...]] = ("in", "not in", "=", "!=")

    def json(self, value: Any, context: Context) -> Any:
        return str(value)


def _all(context: Context) -> Choices:
    return queries.all_choices(context.store)


def _static(context: Context) -> Choices:
    return queries.static_choices(context.store)


SEGMENT = Field(
    name="segment",
    label=_("Segment"),
    kind=InSegments(),
    section=_("Desk"),
    expression=queries.names_expression,
    value=lambda row, context: Names(row["segment"]),
    condition=queries.segment_condition,
    choices=_all,
    why_empty=_("In no segment"),
    width=200,
    exportable=False,
    permission=VIEW,
    help=_("in segment “Paris newsletter”"),
)
_WHICH = Field(name="segment", label=_("Segment"), kind=kinds.Reference(), choices=_static)
_NEW = Field(
    name="new_segment",
    label=_("Or a new segment named"),
    kind=kinds.Text(max_length=80),
    help=_("A static segment is made; if there is one of this name, it is used."),
)


def _is_somebody(row: Row) -> bool:
    return bool(row["state"] != State.ANONYMISED)


ACTIONS = (
    Action(
        name="add-to-segment",
        label=_("Add to segment"),
        done_label=_("Put into the segment"),
        icon="chart-pie",
        permission=FILL,
        inputs=(_WHICH, _NEW),
        perform=services.add_to_segment,
        needs=("state",),
        offered=_is_somebody,
    ),
    Action(
        name="remove-from-segment",
        label=_("Remove from segment"),
        done_label=_("Taken out of the segment"),
        icon="chart-pie",
        permission=FILL,
        inputs=(
            Field(name="segment", label=_("Segment"), kind=kinds.Reference(), choices=_static, required=True),
        ),
        perform=services.remove_from_segment,
        needs=("state",),
        offered=_is_somebody,
    ),
)
