"""What Django's usual package for files (django-import-export) needs for the same rows, where it is installed.

It is no part of the product: `pip install django-import-export openpyxl` beside it, and the bench prints its figure.
"""

import importlib
import itertools
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


def read_csv(count: int, path: Path) -> None:
    """Import that many rows into the only store of an empty install, matched by a number that each is given."""
    from regulars.cli import database

    with database.available():
        import django

        django.setup()
        from django.apps import apps

        resources = importlib.import_module("import_export.resources")
        tablib = importlib.import_module("tablib")
        model = apps.get_model("customers", "Customer")
        store = apps.get_model("stores", "Store")._default_manager.get()
        numbers = itertools.count(1)

        def before_import_row(self: object, row: dict[str, object], **_others: object) -> None:
            row.update(store=store.pk, number=next(numbers))

        chosen = {"model": model, "import_id_fields": ("number",)}
        rows = type(
            "Rows",
            (resources.ModelResource,),
            {"before_import_row": before_import_row, "Meta": type("Meta", (), chosen)},
        )
        data = tablib.Dataset().load(path.read_text(encoding="utf-8"), format="csv")
        data.append_col([""] * len(data), header="number")
        result = rows().import_data(data, raise_errors=False)
        if result.totals["new"] < count // 2:
            raise SystemExit("Hardly a row came in.")


if __name__ == "__main__":
    {"out": write_xlsx, "in": read_csv}[sys.argv[1]](int(sys.argv[2]), Path(sys.argv[3]))
