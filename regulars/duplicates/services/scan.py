"""Looking for duplicates: at everybody, or at those who changed since the last time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Min
from django.utils.translation import gettext as _

from regulars.customers.choices import State
from regulars.customers.models import Customer
from regulars.duplicates.choices import Verdict
from regulars.duplicates.models import Pair, Scan
from regulars.duplicates.rules import COMPARED, LOWEST, Score, score
from regulars.duplicates.services import candidates
from regulars.jobs.models import Run
from regulars.jobs.services import OPEN, Progress, run_kind, start_run
from regulars.kit.actor import Actor
from regulars.kit.errors import Refused
from regulars.kit.ids import new_id
from regulars.stores.models import Store

BATCH = 2000
# A write carries the moment at which it began; so long it may take until others see it.
LATE = timedelta(minutes=2)
Step = Callable[[int, int], None]


class ScanAtWork(Refused):
    """Somebody is looking already."""

    code = "scan_at_work"


def start_scan(*, store: Store, actor: Actor, wait: bool = False) -> Run:
    """Look at every customer of the store, in the worker. Raises `ScanAtWork` while one is under way."""
    actor.require("customers.merge")
    with transaction.atomic():
        scan = _scan_of(store)
        if scan.run_id and Run.objects.filter(pk=scan.run_id, state__in=OPEN).exists():
            raise ScanAtWork(_("Duplicates are being looked for already."))
        run = start_run(store=store, kind="duplicates.scan", arguments={}, actor=actor, enqueue=not wait)
        Scan.objects.filter(pk=scan.pk).update(run_id=run.pk)
    return run


@run_kind("duplicates.scan")
def scan_run(progress: Progress) -> None:
    """Look at every customer, with progress in pairs and kinds of keys."""

    def step(done: int, total: int) -> None:
        progress.stop_if_cancelled()
        if total != progress.run.total:
            progress.set_total(total)
        progress.save(done=done, counts=progress.run.counts, cursor={})

    found = scan(store=progress.store, full=True, now=progress.now, step=step)
    progress.save(done=progress.run.total, counts={"found": found}, cursor={})


def scan(*, store: Store, full: bool, now: datetime, step: Step = lambda _done, _total: None) -> int:
    """Compare customers that share something, and remember the pairs. Returns how many undecided ones there are.

    Without `full` only those who changed since the last time are looked at, with everybody they share something with.
    Raises `ScanAtWork` when another process is at it.
    """
    with _only_one(store):
        with transaction.atomic():
            known = _scan_of(store)
        since = None if full or known.scanned_to is None else known.scanned_to
        reached = _seen_by_all(store, now)
        candidates.begin()
        try:
            kinds = len(candidates.KEYS)
            for done, key in enumerate(candidates.KEYS.values()):
                step(done, kinds)
                candidates.collect(store=store, since=since, key=key)
            candidates.collect_known(store=store, since=since)
            total, done = candidates.how_many(), 0
            for batch in candidates.batches(BATCH):
                step(kinds + done, kinds + total)
                with transaction.atomic():
                    compare(store=store, pairs=batch, now=now)
                done += len(batch)
        finally:
            candidates.end()
        Scan.objects.filter(pk=known.pk).update(
            scanned_to=reached, finished_at=now, crowds=candidates.crowds(store=store)
        )
    return Pair.objects.filter(store=store, verdict=Verdict.OPEN).count()


def needs_scan(*, store: Store) -> bool:
    """True when a customer changed since the last time, or nobody has looked yet."""
    known = Scan.objects.filter(store=store).first()
    rows = Customer.objects.filter(store=store)
    if known is not None and known.scanned_to is not None:
        rows = rows.filter(lookup__updated_at__gte=known.scanned_to)
    return rows.exists()


def compare(*, store: Store, pairs: list[tuple[UUID, UUID]], now: datetime) -> None:
    """Compare these pairs and remember those that are likely enough; undecided ones that no longer are go away.

    A pair somebody decided about is asked again only when something new speaks for it.
    """
    ids = {one for pair in pairs for one in pair}
    people: dict[UUID, dict[str, Any]] = {
        row["id"]: row
        for row in Customer.objects.filter(store=store, pk__in=ids)
        .exclude(state=State.ANONYMISED)
        .values(*COMPARED)
    }
    firsts = {first for first, _second in pairs}
    wanted = set(pairs)
    known = {
        (pair.first_id, pair.second_id): pair
        for pair in Pair.objects.filter(store=store, first_id__in=firsts).order_by("pk").select_for_update()
        if (pair.first_id, pair.second_id) in wanted
    }
    new: list[Pair] = []
    changed: list[Pair] = []
    gone: list[UUID] = []
    for first, second in pairs:
        pair = known.get((first, second))
        both = people.get(first), people.get(second)
        found = score(both[0], both[1]) if both[0] and both[1] else Score(0, [], 0)
        if pair is None:
            if found.points >= LOWEST:
                new.append(Pair(id=new_id(), store=store, first_id=first, second_id=second, found_at=now))
                _write(new[-1], found)
        elif pair.verdict == Verdict.OPEN:
            if found.points < LOWEST:
                gone.append(pair.pk)
            elif (pair.score, pair.reasons, pair.likeness) != (found.points, found.reasons, found.likeness):
                _write(pair, found)
                changed.append(pair)
        elif found.points >= LOWEST and found.points > pair.score and set(found.reasons) - set(pair.reasons):
            _write(pair, found)
            pair.verdict, pair.found_at = Verdict.OPEN, now
            pair.decided_by_id, pair.decided_by_name, pair.decided_at = None, "", None
            changed.append(pair)
    Pair.objects.bulk_create(new, ignore_conflicts=True)
    Pair.objects.bulk_update(
        changed,
        (
            *("score", "reasons", "likeness", "verdict"),
            *("found_at", "decided_by_id", "decided_by_name", "decided_at"),
        ),
    )
    Pair.objects.filter(store=store, pk__in=gone, verdict=Verdict.OPEN).delete()


def _write(pair: Pair, found: Score) -> None:
    pair.score, pair.reasons, pair.likeness = found.points, found.reasons, found.likeness


def _scan_of(store: Store) -> Scan:
    Scan.objects.bulk_create([Scan(id=new_id(), store=store)], ignore_conflicts=True)
    return Scan.objects.select_for_update().get(store=store)


def _seen_by_all(store: Store, now: datetime) -> datetime:
    """Up to when every change is there to be seen: rows of an import carry the moment at which it began."""
    oldest = Run.objects.filter(store=store, state__in=OPEN).exclude(kind="duplicates.scan")
    began = oldest.aggregate(began=Min("created_at"))["began"]
    return min(now - LATE, began or now)


@contextmanager
def _only_one(store: Store) -> Iterator[None]:
    """One search in a store at a time, over all processes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [f"duplicates {store.pk}"])
        if not cursor.fetchone()[0]:
            raise ScanAtWork(_("Duplicates are being looked for already."))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [f"duplicates {store.pk}"])
