"""Rules of the house that neither the linter nor the import contracts can see."""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader
from django.db.models import ForeignKey

from regulars.stores.fields import StoreForeignKey
from regulars.stores.models import Store, StoreScoped

ROOT = Path(__file__).resolve().parents[2] / "regulars"
SOURCES = {
    path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8"))
    for path in ROOT.rglob("*.py")
    if "migrations" not in path.parts
}
OURS = [config for config in apps.get_app_configs() if config.name.startswith("regulars.")]
WRITES = frozenset(
    {"create", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "update", "delete", "save"}
)
TABLES = {
    (config.name.rpartition(".")[2], model.__name__) for config in OURS for model in config.get_models()
}
# Erasing people is the other thing that writes: it is no act on a record.
WRITERS = ("services", "erasing.py")
# Parts above the domain; they may read clocks and speak HTTP.
INTERFACES = ("config/", "desk/", "portal/", "api/", "cli/", "embedded/")


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node


def root_name(node: ast.AST) -> str:
    """`Customer` of `Customer.objects.filter(…).update`."""
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def homes(tree: ast.AST) -> dict[str, str]:
    """The app that each name of ours was brought in from: two apps may call a model alike."""
    found = [one for one in ast.walk(tree) if isinstance(one, ast.ImportFrom)]
    return {
        alias.asname or alias.name: one.module.split(".")[1]
        for one in found
        if one.module and one.module.startswith("regulars.")
        for alias in one.names
    }


def test_only_an_apps_own_services_write_its_tables() -> None:
    wrong = []
    for path, tree in SOURCES.items():
        app, _, rest = path.partition("/")
        brought = homes(tree)
        for name, node in calls(tree):
            model = root_name(node.func)
            home = brought.get(model, app)
            if name not in WRITES or (home, model) not in TABLES:
                continue
            if home != app or not rest.startswith(WRITERS):
                wrong.append(f"{path}:{node.lineno} {model}.…{name}")
    allowed = re.compile(
        r"resources/(idempotency|execute)\.py|staff/(models|outbox)\.py|transfers/claims\.py"
    )
    assert [one for one in wrong if not allowed.match(one)] == []


def test_only_an_apps_own_services_write_its_tables_in_sql() -> None:
    """Raw statements are looked at as text: COPY, UPDATE, INSERT and DELETE name the table."""
    statement = re.compile(r"(?:COPY|UPDATE|INSERT INTO|DELETE FROM)\s+\"?([a-z]+)_[a-z]+", re.IGNORECASE)
    names = {config.label for config in OURS}
    wrong = []
    for path in ROOT.rglob("*.py"):
        where = path.relative_to(ROOT).as_posix()
        app, _, rest = where.partition("/")
        if "migrations" in where or app in ("embedded", "cli"):
            continue
        for found in statement.finditer(path.read_text("utf-8")):
            if found[1] in names and (found[1] != app or not rest.startswith(WRITERS)):
                wrong.append(f"{where}: {found[0]}")
    assert wrong == []


def test_the_domain_does_not_read_the_clock() -> None:
    """Only interfaces, the worker and the functions that it starts do."""
    read = re.compile(r"(?:timezone|datetime|date|time)\.(?:now|utcnow|today|localdate|localtime)$")
    wrong = []
    for path, tree in SOURCES.items():
        if path.startswith((*INTERFACES, "jobs/")):
            continue
        for _name, node in calls(tree):
            if read.search(ast.unparse(node.func)):
                wrong.append(f"{path}:{node.lineno}")
    worker = ("resources/execute.py", "transfers/services/")
    assert [one for one in wrong if not one.startswith(worker)] == []


def test_no_signals_and_no_save_of_ones_own() -> None:
    for path, tree in SOURCES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                assert node.module not in ("django.dispatch", "django.db.models.signals"), path
            if isinstance(node, ast.ClassDef) and "/models" in path:
                methods = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
                assert not methods & {"save", "delete", "full_clean", "clean"}, f"{path} {node.name}"


def offered(app: str) -> set[str]:
    """What a services package offers to other parts."""
    package = SOURCES[f"{app}/services/__init__.py"]
    return {
        name.name for node in ast.walk(package) if isinstance(node, ast.ImportFrom) for name in node.names
    }


def test_writing_services_take_keywords_and_types() -> None:
    # Declarations and machinery, not acts of a person: they name no store.
    declared = ("run_kind", "subscribe", "copy_events", "refuse_twins")
    wrong = []
    for path, tree in SOURCES.items():
        app, _, rest = path.partition("/")
        if app in ("kit", "embedded", "config", "cli", "desk", "portal", "api") or not rest.startswith(
            ("services", "queries")
        ):
            continue
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_") or node.name in declared:
                continue
            if rest.startswith("services/") and node.name not in offered(app):
                continue
            arguments = node.args
            if arguments.kwarg is not None or any(one.annotation is None for one in arguments.kwonlyargs):
                wrong.append(f"{path}:{node.lineno} {node.name}")
            if rest.startswith("services") and arguments.args and not node.decorator_list:
                wrong.append(f"{path}:{node.lineno} {node.name}: positional")
            if ast.get_docstring(node) is None:
                wrong.append(f"{path}:{node.lineno} {node.name}: no docstring")
    assert wrong == []


def test_every_row_of_the_domain_belongs_to_a_store_and_joins_within_it() -> None:
    for config in OURS:
        for model in config.get_models():
            if not issubclass(model, StoreScoped):
                continue
            for field in model._meta.concrete_fields:
                if isinstance(field, ForeignKey) and field.related_model is not Store:
                    assert isinstance(field, StoreForeignKey), f"{model.__name__}.{field.name}"
            for constraint in model._meta.constraints:
                names = [
                    *getattr(constraint, "fields", ()),
                    *map(repr, getattr(constraint, "expressions", ())),
                ]
                if names:
                    assert "store" in str(names[0]), constraint.name
            for index in model._meta.indexes:
                first = index.fields[0] if index.fields else repr(index.expressions[0])
                assert "store" in str(first), index.name


@pytest.mark.parametrize("config", OURS, ids=lambda config: config.label)
def test_migrations_are_one_line(config: object) -> None:
    """Numbered without gaps or twins, each after the one before."""
    label = config.label  # type: ignore[attr-defined]
    graph = MigrationLoader(None, ignore_no_migrations=True).graph
    names = sorted(name for app, name in graph.nodes if app == label)
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    for earlier, later in pairwise(names):
        parents = {key for key in graph.node_map[(label, later)].parents if key[0] == label}
        assert {key[1] for key in parents} == {earlier}
