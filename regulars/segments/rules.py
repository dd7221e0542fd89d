"""What a role may include about segments, and the conditions that a tab of the list of customers stands for."""

from regulars.customers.choices import LifeStage
from regulars.resources.language import QueryError, both, parse, write
from regulars.staff.permissions import CLERKS, EVERYONE, MANAGERS, declare

VIEW = declare("segments.view", "See segments", EVERYONE)
EDIT = declare("segments.edit", "Make, change and delete segments", MANAGERS)
FILL = declare("segments.fill", "Put customers into static segments and take them out", CLERKS)

# A segment saved from the list holds whom the list showed, so the tab becomes part of its conditions.
TAB_CONDITIONS = {
    "active": "state = active and blocked = false",
    "blocked": "blocked = true",
    "inactive": "state = inactive",
    "archived": "state = archived",
    "all": "",
} | {stage.value: f"state = active and blocked = false and life_stage = {stage.value}" for stage in LifeStage}


def where_of_list(*, where: str, tab: str) -> str:
    """The conditions of what a list shows: its own and those of its tab."""
    of_tab = TAB_CONDITIONS.get(tab, "")
    if not where or not of_tab:
        return where or of_tab
    try:
        return write(both(parse(where), parse(of_tab)))
    except QueryError:  # shown as it was typed, with what is wrong in it
        return where
