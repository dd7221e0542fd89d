"""A list that is held to one record, on that record's page."""

from dataclasses import dataclass, replace
from typing import Any

from regulars.desk.lists import chips
from regulars.resources.context import Context
from regulars.resources.language import Node
from regulars.resources.page import Count, count_each, matching
from regulars.resources.query import Query


@dataclass(frozen=True, slots=True)
class Held:
    """The condition, where the list is at home, and the columns that would say the same in each row."""

    node: Node
    home: str
    without: tuple[str, ...] = ()

    def counts(self, query: Query, context: Context) -> dict[str, Count]:
        """How many of the record's rows each tab holds."""
        tabs = [tab for tab in query.resource.tabs if tab.counted or tab.name == query.tab]
        whole = replace(query, text="").with_where(self.node)
        each = count_each([matching(whole.with_tab(tab.name), context) for tab in tabs])
        return {tab.name: count for tab, count in zip(tabs, each, strict=True)}

    def droppable(self, found: list[dict[str, Any]], query: Query) -> list[dict[str, Any]]:
        """The chips without those of the conditions that hold the list: nobody can drop them."""
        parts, hidden = chips.parts_of(query.node), chips.parts_of(self.node)
        return [chip for chip in found if chip["part"] is None or parts[chip["part"]] not in hidden]
