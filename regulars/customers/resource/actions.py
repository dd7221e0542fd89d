"""What one can do with customers."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from regulars.customers import services
from regulars.customers.choices import Flag, State
from regulars.customers.resource.fields.common import group_choices, labels, language_choices
from regulars.customers.resource.kinds import Language
from regulars.customers.resource.permissions import (
    ANONYMISE,
    ARCHIVE,
    CONSENT,
    DELETE,
    EDIT,
    FLAG,
    STATE,
    TAG,
)
from regulars.resources import kinds
from regulars.resources.action import Action
from regulars.resources.field import Field, Row


def _is_not(state: State) -> Callable[[Row], bool]:
    return lambda row: row["state"] != state


def _is(state: State) -> Callable[[Row], bool]:
    return lambda row: row["state"] == state


_TAGS_INPUT = Field(
    name="tags", label=_("Tags"), kind=kinds.Tags(), required=True, help=_("Several are parted by commas.")
)
_GROUP_INPUT = Field(name="group", label=_("Group"), kind=kinds.Reference(), choices=group_choices)
_LANGUAGE_INPUT = Field(
    name="language",
    label=_("Language"),
    kind=Language(),
    choices=language_choices,
    required=True,
    help=_("Of their mails and their portal; English where we do not speak it."),
)
_LEVEL_INPUT = Field(name="level", label=_("Level"), kind=kinds.Choice(), choices=labels(Flag), required=True)
_REASON_INPUT = Field(
    name="reason",
    label=_("Reason"),
    kind=kinds.Text(max_length=500, multiline=True),
    help=_("For your colleagues; the customer never sees it."),
)
_WORDING_INPUT = Field(
    name="wording",
    label=_("Agreed where, and in which words"),
    kind=kinds.Text(max_length=500, multiline=True),
    help=_("Kept as evidence, like: card at the till, “Yes, send me news by e-mail”."),
)
_REVIEW_INPUT = Field(
    name="review", label=_("Look again on"), kind=kinds.Date(), help=_("The home page reminds you then.")
)

ACTIONS = (
    Action(
        name="archive",
        label=_("Archive"),
        done_label=_("Archived"),
        icon="archive",
        part="state",
        main=True,
        permission=ARCHIVE,
        perform=services.archive_customers,
        preview=services.archive_customers.preview,
        needs=("state",),
        offered=lambda row: row["state"] in (State.ACTIVE, State.INACTIVE),
    ),
    Action(
        name="restore",
        label=_("Restore"),
        done_label=_("Restored"),
        icon="restore",
        part="state",
        main=True,
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
        part="state",
        permission=STATE,
        perform=services.deactivate_customers,
        preview=services.deactivate_customers.preview,
        confirm=_("Their data is kept, but they cannot sign in any more."),
        needs=("state",),
        offered=_is(State.ACTIVE),
    ),
    Action(
        name="activate",
        label=_("Activate"),
        done_label=_("Activated"),
        icon="user-check",
        part="state",
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
        main=True,
        permission=TAG,
        inputs=(_TAGS_INPUT,),
        perform=services.add_tags,
        needs=("state",),
        offered=_is_not(State.ANONYMISED),
    ),
    Action(
        name="remove-tag",
        label=_("Remove tag"),
        done_label=_("Untagged"),
        icon="tag-off",
        permission=TAG,
        inputs=(_TAGS_INPUT,),
        perform=services.remove_tags,
        needs=("state",),
        offered=_is_not(State.ANONYMISED),
    ),
    Action(
        name="set-group",
        label=_("Set group"),
        done_label=_("Put into the group"),
        icon="users-group",
        permission=TAG,
        inputs=(_GROUP_INPUT,),
        perform=services.set_group,
        needs=("state",),
        offered=_is_not(State.ANONYMISED),
    ),
    Action(
        name="set-language",
        label=_("Set language"),
        done_label=_("Language set"),
        icon="world",
        part="contact",
        permission=EDIT,
        inputs=(_LANGUAGE_INPUT,),
        perform=services.set_language,
        needs=("state",),
        offered=_is_not(State.ANONYMISED),
    ),
    Action(
        name="subscribe",
        label=_("Subscribe to newsletter"),
        done_label=_("Subscribed"),
        icon="mail-check",
        part="contact",
        permission=CONSENT,
        inputs=(_WORDING_INPUT,),
        perform=services.subscribe_customers,
        needs=("accepts_marketing", "state"),
        offered=lambda row: not row["accepts_marketing"] and row["state"] != State.ANONYMISED,
    ),
    Action(
        name="unsubscribe",
        label=_("Unsubscribe from newsletter"),
        done_label=_("Unsubscribed"),
        icon="mail-off",
        part="contact",
        permission=CONSENT,
        perform=services.unsubscribe_customers,
        needs=("accepts_marketing",),
        offered=lambda row: row["accepts_marketing"],
    ),
    Action(
        name="subscribe-summary",
        label=_("Subscribe to points summary"),
        done_label=_("Subscribed to the points summary"),
        icon="mail-check",
        part="contact",
        permission=CONSENT,
        inputs=(_WORDING_INPUT,),
        perform=services.subscribe_to_summary,
        needs=("points_summary", "state"),
        offered=lambda row: not row["points_summary"] and row["state"] != State.ANONYMISED,
    ),
    Action(
        name="unsubscribe-summary",
        label=_("Unsubscribe from points summary"),
        done_label=_("Unsubscribed from the points summary"),
        icon="mail-off",
        part="contact",
        permission=CONSENT,
        perform=services.unsubscribe_from_summary,
        needs=("points_summary",),
        offered=lambda row: row["points_summary"],
    ),
    Action(
        name="subscribe-sms",
        label=_("Subscribe to text messages"),
        done_label=_("Subscribed to text messages"),
        icon="mail-check",
        part="contact",
        permission=CONSENT,
        inputs=(_WORDING_INPUT,),
        perform=services.subscribe_to_sms,
        needs=("accepts_sms", "state"),
        offered=lambda row: not row["accepts_sms"] and row["state"] != State.ANONYMISED,
    ),
    Action(
        name="unsubscribe-sms",
        label=_("Unsubscribe from text messages"),
        done_label=_("Unsubscribed from text messages"),
        icon="mail-off",
        part="contact",
        permission=CONSENT,
        perform=services.unsubscribe_from_sms,
        needs=("accepts_sms",),
        offered=lambda row: row["accepts_sms"],
    ),
    Action(
        name="flag",
        label=_("Flag"),
        done_label=_("Flag set"),
        icon="flag",
        permission=FLAG,
        inputs=(_LEVEL_INPUT, _REASON_INPUT, _REVIEW_INPUT),
        perform=services.flag_customers,
        preview=services.flag_customers.preview,
        needs=("state",),
        offered=_is_not(State.ANONYMISED),
    ),
    Action(
        name="mark-reviewed",
        label=_("Mark flag as reviewed"),
        done_label=_("Flag kept"),
        icon="flag-check",
        permission=FLAG,
        inputs=(_REVIEW_INPUT,),
        perform=services.mark_flags_reviewed,
        needs=("flag",),
        offered=lambda row: row["flag"] != Flag.NONE,
    ),
    Action(
        name="anonymise",
        label=_("Anonymise"),
        done_label=_("Anonymised"),
        icon="user-x",
        part="final",
        permission=ANONYMISE,
        danger=True,
        irreversible=True,
        typed=True,
        perform=services.anonymise_customers,
        preview=services.preview_anonymise,
        needs=("state",),
        offered=_is_not(State.ANONYMISED),
    ),
    Action(
        name="delete",
        label=_("Delete"),
        done_label=_("Deleted"),
        icon="trash",
        part="final",
        permission=DELETE,
        danger=True,
        irreversible=True,
        typed=True,
        perform=services.delete_customers,
        preview=services.preview_delete,
    ),
)
