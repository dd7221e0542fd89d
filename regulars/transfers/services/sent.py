"""Files with personal data that other parts make: written down in the ledger as every export is."""

from collections.abc import Sequence
from hashlib import sha256

from regulars.resources.context import Context
from regulars.resources.resource import get_resource
from regulars.transfers.choices import Scope
from regulars.transfers.models import Export
from regulars.transfers.services.export import write_down


def enter_sent(
    *,
    resource: str,
    format: str,
    words: str,
    columns: Sequence[str],
    rows: int,
    file: bytes,
    context: Context,
) -> Export:
    """Write a small file into the ledger that is sent as it is: which records in words, the fields in it, its rows.

    Raises `NotAllowed` for who may not take these records out.
    """
    context.actor.require(get_resource(resource).permission("export"))
    return write_down(
        context=context,
        resource=resource,
        format=format,
        scope=Scope.QUERY,
        filter_text=words,
        columns=list(columns),
        row_count=rows,
        size=len(file),
        sha256=sha256(file).hexdigest(),
        finished_at=context.now,
    )
