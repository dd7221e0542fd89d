"""The kind of field that only offers have: hours of the week."""

from dataclasses import dataclass
from typing import Any, ClassVar

from regulars.offers.hours import read_windows, write_windows
from regulars.resources import kinds
from regulars.resources.context import Context
from regulars.resources.field import Field


@dataclass(frozen=True, slots=True)
class Hours(kinds.Text):
    """Days with hours: "Fri 12:00-14:00; Sat 22:00-02:00". Nothing: always."""

    max_length: int = 2000
    empty: ClassVar[Any] = ()

    def clean(self, raw: str, field: Field, context: Context) -> Any:
        return [list(one) for one in read_windows(kinds.Text.clean(self, raw, field, context))]

    def export(self, value: Any, context: Context) -> str:
        return write_windows(value or ())

    def json(self, value: Any, context: Context) -> Any:
        return self.export(value, context)
