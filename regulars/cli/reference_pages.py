"""The pages of docs/reference about the catalogue, the events, the jobs, the commands and the API."""

import argparse
import importlib
from typing import Any

import orjson
from django.core.management import load_command_class
from django.http import HttpRequest
from django.urls import resolve
from procrastinate.contrib.django import app as queue

from regulars.cli.main import COMMANDS, OURS
from regulars.resources.resource import Resource, all_resources
from regulars.timeline.events import all_kinds

WIDTH = 100


def fields() -> str:
    """Every field of every resource."""
    lines = [
        "# Fields\n",
        "A field has one name in the list, the query language, the API, files and the command line.\n",
    ]
    for resource in all_resources():
        lines += [
            f"## {resource.label} (`{resource.name}`)\n",
            "| Name | Label | Kind | Ask with | Sort | Edit | Import | Export | Personal data |",
            "|---|---|---|---|:-:|:-:|:-:|:-:|---|",
        ]
        for field in resource.all_fields():
            ticks = (field.sort is not None, field.editable, field.importable, field.exportable)
            cells = " | ".join("✓" if tick else "–" for tick in ticks)
            asked = ", ".join(f"`{operator}`" for operator in field.operators)
            lines.append(
                f"| `{field.name}` | {field.label} | {field.kind.name} | {asked} | {cells} | {field.personal or '–'} |"
            )
        synonyms = ", ".join(f"`{short}` for `{name}`" for short, name in sorted(resource.synonyms.items()))
        lines.append(f"\nIn queries one may also write {synonyms}.\n" if synonyms else "")
        lines += _functions(resource) + _links(resource)
        lines += [
            "### Headers of files that are recognised\n",
            "| Name | Headers, in any case |",
            "|---|---|",
        ]
        for field in resource.all_fields():
            if field.importable:
                lines.append(f"| `{field.name}` | {', '.join(field.aliases) or field.name} |")
    return _text(lines)


def _functions(resource: Resource) -> list[str]:
    able: dict[str, list[str]] = {}
    for field in resource.all_fields():
        for function, operators in field.kind.functions.items() if field.filterable else ():
            asked = ", ".join(f"`{operator}`" for operator in operators)
            able.setdefault(f"`{function}(…)`, asked with {asked}", []).append(f"`{field.name}`")
    return [f"{function}: {', '.join(names)}.\n" for function, names in able.items()]


def _links(resource: Resource) -> list[str]:
    lines: list[str] = []
    for link in resource.all_links():
        lines += [
            f"### {link.label}: `has {link.name}`\n",
            "| Name | Label | Kind | Ask with |",
            "|---|---|---|---|",
        ]
        for field in link.fields:
            asked = ", ".join(f"`{operator}`" for operator in field.operators)
            lines.append(f"| `{field.name}` | {field.label} | {field.kind.name} | {asked} |")
        lines.append("")
    return lines


def actions() -> str:
    """Every action of every resource."""
    lines = ["# Actions\n", "Offered in the desk, by the API and on the command line alike.\n"]
    for resource in all_resources():
        lines += [
            f"## {resource.label} (`{resource.name}`)\n",
            "| Name | Label | Asks | Permission | Can be undone |",
        ]
        lines.append("|---|---|---|---|---|")
        for action in resource.all_actions():
            asks = (
                ", ".join(f"`{one.name}`{' (required)' if one.required else ''}" for one in action.inputs)
                or "–"
            )
            back = "no" if action.irreversible else "yes"
            lines.append(f"| `{action.name}` | {action.label} | {asks} | `{action.permission}` | {back} |")
        lines.append("")
    return _text(lines)


def events() -> str:
    """Every kind of event."""
    lines = [
        "# Events\n",
        "What the timeline of a record keeps.\n",
        "| Key | In words | Personal data in it |",
    ]
    lines.append("|---|---|---|")
    for kind in all_kinds():
        personal = ", ".join(f"`{name}`" for name in sorted(kind.personal)) or "–"
        lines.append(f"| `{kind.key}` | {kind.sentence} | {personal} |")
    return _text(lines)


def jobs() -> str:
    """Every task of the worker."""
    for part in ("jobs", "staff"):
        importlib.import_module(f"regulars.{part}.tasks")
    lines = [
        "# Jobs\n",
        "What `regulars worker` does, besides the runs that people start.\n",
        "| Task | What it does |",
    ]
    lines.append("|---|---|")
    for name, task in sorted(queue.tasks.items()):
        if not name.startswith(("builtin", "procrastinate")):
            words = " ".join((task.func.__doc__ or "").split())
            lines.append(f"| `{name}` | {words} |")
    return _text(lines)


def commands() -> str:
    """Every command and its options."""
    lines = ["# Command line\n", "`regulars COMMAND --help` says the same.\n"]
    for name, purpose in COMMANDS.items():
        lines += [f"## regulars {name}\n", f"{purpose[0].upper()}{purpose[1:]}.\n"]
        if name in OURS:
            continue
        try:
            parser = load_command_class("regulars.cli", name).create_parser("regulars", name)
        except ModuleNotFoundError:
            continue
        for title, one in _parsers(parser, f"regulars {name}"):
            rows = [_option(action) for action in one._actions if _is_ours(action)]
            if title != f"regulars {name}":
                lines.append(f"### {title}\n")
            if rows:
                lines += ["| Option | Meaning |", "|---|---|", *rows, ""]
    return _text(lines)


def api() -> str:
    """The description of the API."""
    address = "/api/v1/openapi.json"  # asked for as everybody does: the terminal does not know the API's code
    request = HttpRequest()
    request.method, request.path = "GET", address
    document = orjson.loads(resolve(address).func(request).content)
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n"


_DJANGO = {
    "version",
    "verbosity",
    "settings",
    "pythonpath",
    "traceback",
    "no_color",
    "force_color",
    "skip_checks",
    "help",
}


def _is_ours(action: argparse.Action) -> bool:
    return action.dest not in _DJANGO and not isinstance(action, argparse._SubParsersAction)


def _parsers(parser: argparse.ArgumentParser, title: str) -> list[tuple[str, argparse.ArgumentParser]]:
    found = [(title, parser)]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, one in action.choices.items():
                found += _parsers(one, f"{title} {name}")
    return found


def _option(action: argparse.Action) -> str:
    metavar: Any = action.metavar or (
        f"{{{','.join(map(str, action.choices))}}}" if action.choices else action.dest.upper()
    )
    takes = f" {metavar}" if action.option_strings and action.nargs != 0 else ""
    name = ", ".join(action.option_strings) + takes if action.option_strings else str(metavar)
    needed = " (required)" if action.required and action.option_strings else ""
    words = (action.help or "").replace("|", "\\|")
    return f"| `{name}` | {words}{needed} |"


def _text(lines: list[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"
