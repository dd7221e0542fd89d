"""The index of names as they sound, built without holding up writes."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently, CreateExtension
from django.db import migrations
from django.db.models import F, Func, TextField

_CODES = ArrayField(TextField())


def _codes(column: str) -> Func:
    return Func(column, function="daitch_mokotoff", output_field=_CODES)


class Migration(migrations.Migration):
    atomic = False

    dependencies: ClassVar = [("customers", "0008_store_known_per_statement")]

    operations: ClassVar = [
        CreateExtension("fuzzystrmatch"),
        AddIndexConcurrently(
            model_name="customer",
            index=GinIndex(
                OpClass(F("store"), "uuid_ops"),
                OpClass(
                    Func(
                        _codes("last_name"), _codes("first_name"), function="array_cat", output_field=_CODES
                    ),
                    "array_ops",
                ),
                name="customer_sound",
            ),
        ),
    ]
