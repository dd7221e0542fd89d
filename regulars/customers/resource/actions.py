"""What one can do with customers."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from regulars.customers import services
from regulars.customers.choices import State
from regulars.customers.resource.fields import group_choices
from regulars.customers.resource.permissions import ARCHIVE, CONSENT, STATE, TAG
from regulars.resources import kinds
from regulars.resources.action import Action
from regulars.resources.field import Field, Row


def _is(state: State) -> Callable[[Row], bool]:
    return lambda row: row["state"] == state


_TAGS_INPUT = Field(
    name="tags", label=_("Tags"), kind=kinds.Tags(), required=True, help=_("Several are parted by commas.")
)
_GROUP_INPUT = Field(name="group", label=_("Group"), kind=kinds.Reference(), choices=group_choices)

ACTIONS = (
    Action(
        name="archive",
        label=_("Archive"),
        done_label=_("Archived"),
        icon="archive",
        permission=ARCHIVE,
        danger=True,
        perform=services.archive_customers,
        needs=("state",),
        offered=lambda row: row["state"] in (State.ACTIVE, State.INACTIVE),
    ),
    Action(
        name="restore",
        label=_("Restore"),
        done_label=_("Restored"),
        icon="restore",
        permission=ARCHIVE,
        perform=services.restore_customers,
        needs=("state",),
        offered=_is(State.ARCHIVED),
    ),
    Action(
        name="deactivate",
        label=_("Deactivate"),
        done_label=_("Deactivated"),
        icon="user-off",
        permission=STATE,
        perform=services.deactivate_customers,
        needs=("state",),
        offered=_is(State.ACTIVE),
        confirm=_("Their data is kept, but they cannot sign in any more."),
    ),
    Action(
        name="activate",
        label=_("Activate"),
        done_label=_("Activated"),
        icon="user-check",
        permission=STATE,
        perform=services.activate_customers,
        needs=("state",),
        offered=_is(State.INACTIVE),
    ),
    Action(
        name="add-tag",
        label=_("Add tag"),
        done_label=_("Tagged"),
        icon="tag",
        permission=TAG,
        inputs=(_TAGS_INPUT,),
        perform=services.add_tags,
    ),
    Action(
        name="remove-tag",
        label=_("Remove tag"),
        done_label=_("Untagged"),
        icon="tag-off",
        permission=TAG,
        inputs=(_TAGS_INPUT,),
        perform=services.remove_tags,
    ),
    Action(
        name="set-group",
        label=_("Set group"),
        done_label=_("Put into the group"),
        icon="users-group",
        permission=TAG,
        inputs=(_GROUP_INPUT,),
        perform=services.set_group,
    ),
    Action(
        name="subscribe",
        label=_("Subscribe to newsletter"),
        done_label=_("Subscribed"),
        icon="mail-check",
        permission=CONSENT,
        perform=services.subscribe_customers,
        needs=("accepts_marketing",),
        offered=lambda row: not row["accepts_marketing"],
    ),
    Action(
        name="unsubscribe",
        label=_("Unsubscribe from newsletter"),
        done_label=_("Unsubscribed"),
        icon="mail-off",
        permission=CONSENT,
        perform=services.unsubscribe_customers,
        needs=("accepts_marketing",),
        offered=lambda row: row["accepts_marketing"],
    ),
)
