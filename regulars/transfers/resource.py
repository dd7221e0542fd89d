"""What moving records in and out adds to the records themselves: the export of a selection."""

from django.utils.translation import gettext_lazy as _

from regulars.resources import kinds
from regulars.resources.action import Action
from regulars.resources.field import Field
from regulars.transfers.services.kept import keeper_of


def export_action(resource_name: str) -> Action:
    """Take picked records out as a file that can be fetched for a week."""
    return Action(
        name="export",
        label=_("Export"),
        done_label=_("Taken out"),
        icon="download",
        part="move",
        main=True,
        permission=f"{resource_name}.export",
        inputs=(
            Field(
                name="columns",
                label=_("Columns"),
                kind=kinds.Text(max_length=2000),
                help=_(
                    "Names of fields, parted by commas; “all” for every one; empty for those of the list."
                ),
            ),
        ),
        perform=keeper_of(resource_name),
        page="export",
        result_page="export_file",
    )
