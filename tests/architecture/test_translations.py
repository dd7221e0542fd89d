"""Every word of the interface is there in each language, and the tool that says so finds what is not."""

import ast
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from django.conf import settings as django_settings
from django.utils import translation

from regulars.timeline.events import all_kinds

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translations", ROOT / "tools" / "translations.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def shop(tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small source with a script and a template, in one language."""
    source = tmp_path / "regulars"
    (source / "desk" / "templates").mkdir(parents=True)
    (source / "words.py").write_text(
        '_("Hello %(name)s")\nngettext("%(count)s order", "%(count)s orders", 2)\n'
        'pgettext("verb", "Open")\nevent_kind("order.placed", "Placed by {who}")\n'
    )
    (source / "desk" / "templates" / "page.html").write_text(
        "{% load i18n %}{% translate 'Save' %}{% blocktranslate with n=1 %}Row {{ n }}{% endblocktranslate %}"
    )
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    monkeypatch.setattr(tool, "SOURCE", source)
    monkeypatch.setattr(tool, "LANGUAGES", ("ar",))
    return source


def _say(tool: ModuleType, change: dict[str, str | tuple[str, ...]]) -> None:
    catalogue: Catalog = tool.read("ar")
    for one in catalogue:
        key = one.id[0] if isinstance(one.id, tuple | list) else one.id
        if key:
            forms = tuple(f"{form} %(count)s" for form in "abcdef")
            one.string = change.get(key, forms if one.pluralizable else key)
    with tool.catalogue_of("ar").open("wb") as file:
        write_po(file, catalogue)


def test_words_of_scripts_and_templates_are_gathered(tool: ModuleType, shop: Path) -> None:
    tool.update()
    found = {
        (one.context, one.id if isinstance(one.id, str) else one.id[1]) for one in tool.read("ar") if one.id
    }
    assert found == {
        (None, "Hello %(name)s"),
        (None, "%(count)s orders"),
        ("verb", "Open"),
        (None, "Placed by {who}"),
        (None, "Save"),
        (None, "Row %(n)s"),
    }
    assert all("is not translated" in fault for fault in tool.faults()) and len(list(tool.faults())) == 6
    before = tool.catalogue_of("ar").read_bytes()
    tool.update()
    assert tool.catalogue_of("ar").read_bytes() == before


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({}, ""),
        ({"Hello %(name)s": "مرحبا"}, "other placeholders: %(name)s"),
        ({"Hello %(name)s": "مرحبا %(nam)s"}, "other placeholders: %(nam)s, %(name)s"),
        ({"Placed by {who}": "من {whom}"}, "other placeholders: {whom}, {who}"),
        ({"Save": ""}, "“Save” is not translated"),
        ({"%(count)s order": ("لا طلب", "طلب", "طلبان", *["%(count)s طلبات"] * 3)}, ""),
        ({"%(count)s order": ("a",) * 6}, "other placeholders: %(count)s"),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    tool: ModuleType, shop: Path, change: dict[str, str | tuple[str, ...]], fault: str
) -> None:
    tool.update()
    _say(tool, change)
    found = list(tool.faults())
    assert (len(found) == 1 and fault in found[0]) if fault else not found


def test_new_and_forgotten_words_are_named_until_they_are_gathered(tool: ModuleType, shop: Path) -> None:
    tool.update()
    _say(tool, {})
    (shop / "words.py").write_text('_("Quite new")\n')
    found = " ".join(tool.faults())
    assert "“Quite new” is new" in found and "nobody says “Hello %(name)s” any more" in found


def test_a_catalogue_is_compiled_when_it_is_newer(tool: ModuleType, shop: Path) -> None:
    tool.update()
    _say(tool, {"Save": "حفظ"})
    tool.compile_all()
    made = tool.catalogue_of("ar").with_suffix(".mo")
    first = made.stat().st_mtime_ns
    tool.compile_all()
    assert made.stat().st_mtime_ns == first
    assert "حفظ" in made.read_bytes().decode("utf-8", "replace")


def test_each_language_of_the_settings_has_a_catalogue(tool: ModuleType) -> None:
    assert {code for code, _name in django_settings.LANGUAGES} == {"en", *tool.LANGUAGES}


def test_events_are_said_in_every_language(tool: ModuleType) -> None:
    """With whatever an event holds: a sentence whose places are wrong would fail when it is read."""
    for language in tool.LANGUAGES:
        with translation.override(language):
            for kind in all_kinds():
                assert kind.say({})


def _calls_at_import(tree: ast.AST) -> Iterator[ast.Call]:
    """The calls that are made when a module is loaded: those outside functions."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.Call):
            yield child
        yield from _calls_at_import(child)


def _asked_at_once(tree: ast.Module) -> set[str]:
    """The names by which a module knows the functions that translate at once."""
    names = [one for part in tree.body if isinstance(part, ast.ImportFrom) for one in part.names]
    at_once = ("gettext", "ngettext", "pgettext", "npgettext")
    return {one.asname or one.name for one in names if one.name in at_once}


def test_no_word_is_translated_before_anybody_reads_it() -> None:
    """A module is loaded once, in no language: what it translates then stays English for everybody."""
    found = []
    for path in sorted((ROOT / "regulars").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        names = _asked_at_once(tree)
        found += [
            f"{path.relative_to(ROOT)}:{call.lineno}"
            for call in _calls_at_import(tree)
            if isinstance(call.func, ast.Name) and call.func.id in names
        ]
    assert found == []
