"""What Django's usual package for files (django-import-export) needs for the same rows, where it is installed.

It is no part of the product: `pip install django-import-export openpyxl` beside it, and the bench prints its figure.
"""

import importlib
import sys
from importlib.util import find_spec
from pathlib import Path

COLUMNS = (
    *(
        "number",
        "first_name",
        "last_name",
        "company",
        "email",
        "phone",
        "city",
        "postcode",
        "country",
        "language",
    ),
    *("accepts_marketing", "created_at"),
)


def installed() -> bool:
    """Whether it can be measured here."""
    return all(find_spec(name) for name in ("import_export", "openpyxl"))


def write_xlsx(count: int, path: Path) -> None:
    """Write that many customers of this process's database, with the columns of ours."""
    import django

    django.setup()
    from django.apps import apps

    resources = importlib.import_module("import_export.resources")
    model = apps.get_model("customers", "Customer")
    resource = resources.modelresource_factory(model, resource_class=resources.ModelResource)
    chosen = resource()
    chosen.fields = {name: chosen.fields[name] for name in COLUMNS}
    rows = model._default_manager.order_by("number")[:count]
    path.write_bytes(chosen.export(rows).export("xlsx"))


if __name__ == "__main__":
    write_xlsx(int(sys.argv[1]), Path(sys.argv[2]))
