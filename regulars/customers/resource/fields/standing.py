"""How the store stands to a customer: group, tags, state, block and flag."""

from django.db.models import Q
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
from regulars.customers.resource.permissions import FLAG, TAG
from regulars.resources import kinds
from regulars.resources.field import Field, Sort

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
        personal="label",
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
        edit_permission=FLAG,
        width=100,
    ),
    Field(
        name="flag_reason",
        label=_("Flag reason"),
        kind=kinds.Text(max_length=500, multiline=True),
        section=DESK,
        permission=FLAG,
        edit_permission=FLAG,
        personal="note",
        width=220,
    ),
    Field(
        name="flag_review",
        label=_("Flag review"),
        kind=kinds.Date(),
        section=DESK,
        path="flag_review_on",
        sort=Sort("flag_review_on", empties=Q(flag_review_on__isnull=True)),
        edit_permission=FLAG,
        help=_("The day on which somebody is to look at the flag again."),
        width=120,
    ),
)
