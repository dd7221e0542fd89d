"""The foreign key between tables of one store."""

from typing import Any

from django.db import models
from django.db.models.lookups import Exact


class StoreForeignKey(models.ForeignKey):
    """A foreign key whose joins also compare `store_id`.

    A row can thus never be joined to a row of another store, and a database that is spread by store
    answers every join on one node.
    """

    def get_extra_restriction(self, alias: str | None, related_alias: str | None) -> Any:
        ours = self.model._meta.get_field("store").get_col(alias)  # type: ignore[union-attr, arg-type]
        theirs = self.remote_field.model._meta.get_field("store").get_col(related_alias)  # type: ignore[union-attr, arg-type]
        return Exact(ours, theirs)


class StoreOneToOneField(StoreForeignKey, models.OneToOneField):
    """The same between a row and the one row that belongs to it."""
