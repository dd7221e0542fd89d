"""How the store stands to a customer: group, tags, state, block and flag."""

from django.utils.translation import gettext_lazy as _

from regulars.customers import queries
from regulars.customers.choices import Flag, State
from regulars.customers.resource.fields.common import (
    DESK,
    FLAG_TONES,
    STATE_TONES,
    group_choices,
    labels,
    tag_suggestions,
)
from regulars.customers.resource.permissions import TAG
from regulars.resources import kinds
from regulars.resources.field import Field

STANDING = (
    Field(
        name="group",
        label=_("Group"),
        kind=kinds.Reference(),
        section=DESK,
        path="group_id",
        choices=group_choices,
        needs=("group_id", "group__name"),
        editable=True,
        edit_permission=TAG,
        importable=True,
        aliases=("group", "customer group", "user group", "groups (x,y,z...)", "groups"),
        value=lambda row, context: row["group__name"],
    ),
    Field(
        name="tags",
        label=_("Tags"),
        kind=kinds.Tags(),
        section=DESK,
        suggestions=tag_suggestions,
        condition=queries.looked_up,
        editable=True,
        edit_permission=TAG,
        shown=True,
        importable=True,
        width=200,
        aliases=("tags", "tag", "labels", "customer tags", "categories", "etiquettes"),
    ),
    Field(
        name="state",
        tones=STATE_TONES,
        label=_("State"),
        kind=kinds.Choice(),
        section=DESK,
        choices=labels(State),
        width=100,
    ),
    Field(name="blocked", label=_("Blocked"), kind=kinds.Boolean(), section=DESK, width=90),
    Field(
        name="flag",
        tones=FLAG_TONES,
        label=_("Flag"),
        kind=kinds.Choice(),
        section=DESK,
        choices=labels(Flag),
        width=100,
    ),
)
