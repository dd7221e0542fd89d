"""What the verbs of `regulars records` share: who asks, which records, and what is said on which stream."""

import json
import sys
import threading
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from tqdm import tqdm

from regulars.jobs import queries as job_queries
from regulars.kit.actor import system
from regulars.kit.errors import Invalid, InvalidRecord, Refused
from regulars.resources.context import Context
from regulars.resources.field import Field
from regulars.resources.language import QueryError
from regulars.resources.query import Query, query_from_params
from regulars.resources.resource import Resource
from regulars.stores import queries as store_queries
from regulars.stores.queries import Store
from regulars.views.queries import find_view, opened

Options = dict[str, Any]
POLL_SECONDS = 0.5
TICK_SECONDS = 0.9


def add_selection(parser: ArgumentParser) -> None:
    """The options that say which records."""
    parser.add_argument(
        "--where", default="", metavar="QUERY", help="conditions, like 'country = FR and spent > 200'"
    )
    parser.add_argument(
        "--q", default="", metavar="WORDS", help="search words, as in the search box of the desk"
    )
    parser.add_argument("--tab", default="", help="a tab of the desk's list (default: all records)")
    parser.add_argument(
        "--view", default="", metavar="NAME", help="a saved view that is shared, by its name or id"
    )


def context_of(store: str) -> Context:
    """The person at the machine, in a store. Raises `NotFound`."""
    actor = system("Command line", surface="cli")
    return Context(store=store_queries.get_store(slug=store), actor=actor, now=timezone.now())


def query_of(resource: Resource, options: Options, context: Context) -> Query:
    """The query of the options. Raises `QueryError` and `Invalid`."""
    names = [tab.name for tab in resource.tabs]
    if wanted := options.get("view"):
        return _view_of(resource, wanted, options, context)
    tab = options.get("tab") or ("all" if "all" in names else resource.default_tab)
    if tab not in names:
        raise Invalid(f"There is no tab “{tab}”. Known: {', '.join(names)}.", field="tab")
    params = {"tab": tab} | {name: options.get(name) or "" for name in ("where", "q", "sort", "columns")}
    return query_from_params(resource, params, context, strict=True)


def _view_of(resource: Resource, wanted: str, options: Options, context: Context) -> Query:
    """The query of a saved view, with the other options on top of it."""
    view = find_view(store=context.store, actor=context.actor, resource=resource.name, wanted=wanted)
    names = ("tab", "where", "q", "sort", "columns")
    given = {name: options[name] for name in names if options.get(name)}
    params = opened(view=view, given=given, actor=context.actor)
    return query_from_params(resource, params, context, strict=True)


def columns_of(query: Query, context: Context, *, everything: bool) -> list[Field]:
    """The columns that were asked for, in that order; else all of them, or those the desk shows."""
    if query.columns:
        found = [query.resource.field(name, context.actor) for name in query.columns]
        return [field for field in found if field is not None]
    if everything:
        return [field for field in query.resource.fields(context.actor) if field.exportable]
    return query.chosen_columns(context)


@contextmanager
def output(path: str | None) -> Iterator[IO[str]]:
    """The file of -o, or the terminal."""
    if not path or path == "-":
        yield sys.stdout
        sys.stdout.flush()
        return
    with open(path, "w", encoding="utf-8", newline="") as file:
        yield file


def say_json(found: Any) -> None:
    """One JSON object for machines, on one line."""
    sys.stdout.write(json.dumps(found, ensure_ascii=False, default=str) + "\n")


def complaint(refusal: Refused, options: Options) -> str:
    """A refusal in one line; of a query, with the word it speaks of."""
    if isinstance(refusal, InvalidRecord):
        return "; ".join(f"{field}: {sentence}" for field, sentence in refusal.errors.items())
    if isinstance(refusal, QueryError) and refusal.length and options.get("where"):
        text = options["where"].strip()
        start, end = refusal.position, refusal.position + refusal.length
        return f"{refusal.sentence} Here: {text[:start]}»{text[start:end]}«{text[end:]}".replace("\n", " ")
    return refusal.sentence


@contextmanager
def bar_of_rows(resource: Resource) -> Iterator[Callable[[int, int, dict[str, int]], None]]:
    """A bar on the error output that is told of each batch; its clock moves on while a large one is worked on."""
    finished = threading.Event()
    with tqdm(desc=str(resource.label), unit="row", unit_scale=True, file=sys.stderr, mininterval=0.2) as bar:

        def follow(done: int, total: int, counts: dict[str, int]) -> None:
            bar.total = max(total, done)
            bar.n = done
            if counts.get("failed"):
                bar.set_postfix_str(f"{counts['failed']:,} failed", refresh=False)
            bar.refresh()

        def tick() -> None:
            while not finished.wait(TICK_SECONDS):
                bar.refresh()

        ticker = threading.Thread(target=tick, daemon=True)
        ticker.start()
        try:
            yield follow
        finally:
            finished.set()
            ticker.join()


@contextmanager
def progress_bar(store: Store, run_id: UUID, *, label: str, total: int = 0) -> Iterator[None]:
    """A bar on the error output that follows a run while the block carries it out."""
    finished = threading.Event()

    def follow() -> None:
        with tqdm(
            total=total or None, desc=label, unit="row", unit_scale=True, file=sys.stderr, mininterval=0.2
        ) as bar:
            while True:
                ended = finished.wait(POLL_SECONDS)
                run = job_queries.get_run(store=store, run_id=run_id)
                bar.total = run.total or bar.total
                bar.n = run.done
                bar.refresh()
                if ended:
                    break
        connection.close()

    follower = threading.Thread(target=follow, daemon=True)
    follower.start()
    try:
        yield
    finally:
        finished.set()
        follower.join(timeout=5)
