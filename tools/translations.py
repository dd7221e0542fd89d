"""The words of the interface in its languages: gather them from the source, check that none is missing, compile them.

    python tools/translations.py update     gather new words into regulars/locale/*/LC_MESSAGES/django.po
    python tools/translations.py check      fail when a language lacks a word, or says one with other placeholders
    python tools/translations.py compile    make what gettext reads, where a catalogue changed

Babel reads Python; templates are first put into a form it can read by Django's own `templatize`.
"""

import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "regulars"
LANGUAGES = ("fr", "de", "es", "ar")
FIRST = datetime(2026, 11, 22, tzinfo=UTC)
KEYWORDS = {
    **dict.fromkeys(("event_kind", "declare"), (2,)),
    **dict.fromkeys(("_", "_now", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
_PLACES = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|</?\w+>")


def catalogue_of(language: str) -> Path:
    """Where the words of a language are kept."""
    return SOURCE / "locale" / language / "LC_MESSAGES" / "django.po"


def gathered() -> Catalog:
    """Every word of the source, with the file that says it."""
    found = Catalog(charset="utf-8")
    for path in sorted([*SOURCE.rglob("*.py"), *SOURCE.glob("*/templates/**/*.*")]):
        if path.suffix not in (".py", ".html", ".txt"):
            continue
        name = path.relative_to(ROOT).as_posix()
        method, text = "python", path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            method, text = "javascript", templatize(text, origin=name)
        options = {"encoding": "utf-8"}
        source = io.BytesIO(text.encode())
        for _line, said, comments, context in extract(
            method, source, keywords=KEYWORDS, comment_tags=("Translators:",), options=options
        ):
            if said and said != ("", ""):
                # Without line numbers: they would change in every file with each change of the source.
                found.add(said, locations=[(name, 0)], auto_comments=comments, context=context)
    return found


def read(language: str) -> Catalog:
    """The words of a language as they are kept; none yet for a new language."""
    path = catalogue_of(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8", project="Regulars")
    with path.open("rb") as file:
        return read_po(file, locale=language, charset="utf-8")


def update() -> None:
    """Gather new words; those that nobody says any more are dropped, and similar ones are not guessed."""
    words = gathered()
    for language in LANGUAGES:
        kept = read(language)
        kept.update(words, no_fuzzy_matching=True)
        kept.obsolete.clear()
        # Nothing that changes by itself: two people who gather the same words write the same file.
        kept.fuzzy, kept.header_comment = False, f"# The words of Regulars: {kept.locale_identifier}."
        kept.creation_date = kept.revision_date = FIRST
        kept.project, kept.version, kept.msgid_bugs_address = "Regulars", "1", "-"
        kept.last_translator = kept.language_team = "Regulars"
        path = catalogue_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, kept, width=110, omit_header=False, sort_output=True, include_lineno=False)


def faults() -> Iterator[str]:
    """What is missing or wrong in a language, each as a sentence."""
    words = gathered()
    for language in LANGUAGES:
        kept = read(language)
        for wanted in words:
            if not wanted.id:
                continue
            said = kept.get(wanted.id, wanted.context)
            yield from _faults_of(language, wanted, said, kept.num_plurals)
        for one in kept:
            if one.id and words.get(one.id, one.context) is None:
                yield f"{language}: nobody says “{_first(one)}” any more; run `make words`."


def _faults_of(language: str, wanted: Message, said: Message | None, forms: int) -> Iterator[str]:
    name = f"{language}: “{_first(wanted)}”"
    if said is None:
        yield f"{name} is new; run `make words` and translate it."
        return
    strings = [str(one or "") for one in _each(said.string)]
    if wanted.pluralizable and len(strings) != forms:
        yield f"{name} has {len(strings)} of {forms} plural forms."
    elif not all(strings):
        yield f"{name} is not translated."
    elif said.fuzzy:
        yield f"{name} is marked as fuzzy."
    else:
        ids = [str(one) for one in _each(wanted.id)]
        allowed = {place for one in ids for place in _PLACES.findall(one)}
        needed = set(_PLACES.findall(ids[-1]))
        for index, text in enumerate(strings):
            places = set(_PLACES.findall(text))
            # A form for none, one or two may say the number in words.
            missing = needed - places if index == len(strings) - 1 else set()
            if places - allowed or missing:
                yield f"{name} has other placeholders: {', '.join(sorted(places ^ needed))}."


def _first(message: Message) -> str:
    return str(_each(message.id)[0])


def _each(said: object) -> list[object]:
    """The forms of a word: one, or one for each number."""
    return list(said) if isinstance(said, tuple | list) else [said]


def compile_all() -> None:
    """Make what gettext reads of each catalogue that is newer."""
    for language in LANGUAGES:
        path = catalogue_of(language)
        made = path.with_suffix(".mo")
        if path.exists() and (not made.exists() or made.stat().st_mtime_ns < path.stat().st_mtime_ns):
            with made.open("wb") as file:
                write_mo(file, read(language))


def main(words: list[str]) -> int:
    """Do what is asked; 1 when the check found something."""
    settings.configure()
    match words:
        case ["update"]:
            update()
        case ["check"]:
            found = list(faults())
            for one in found[:50]:
                print(one, file=sys.stderr)
            if found:
                print(f"{len(found)} words are missing or wrong.", file=sys.stderr)
                return 1
        case ["compile"]:
            compile_all()
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
