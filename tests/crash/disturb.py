"""Kill -9 worker, web and database at random moments of an import, and compare with one that nobody disturbed.

    python -m tests.crash.disturb --rows 200000 --kills 20 [--resource orders]

Everything is real: an install of its own in a temporary folder, `regulars serve` with its processes, the bundled
database. The same file goes into two stores, first with kills, then in peace; both must hold the same rows. Several
kinds of records do so one after the other, in stores of their own.
"""

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import psycopg

from regulars.cli.tie import SUPERVISOR
from regulars.embedded import Cluster
from regulars.embedded.postmaster import find_postmaster
from tests.crash.subjects import SUBJECTS, Subject

PATIENCE = 180
# What a worker, a web server and a database have to do, and everything at once, as when the power fails.
VICTIMS = ("worker", "web", "database", "everything")
OVER = ("done", "failed")
STORES = """
import sys, django
django.setup()
from django.utils import timezone
from regulars.kit.actor import system
from regulars.stores.services import create_store
for slug in sys.argv[1:]:
    settings = {"currency": "EUR", "time_zone": "Europe/Paris", "country": "FR"}
    create_store(slug=slug, name=slug, actor=system("Crash test"), now=timezone.now(), settings=settings)
"""
START = """
import sys, django
django.setup()
from django.utils import timezone
from regulars.kit.actor import system
from regulars.resources.resource import get_resource
from regulars.stores.queries import get_store
from regulars.transfers import services
with open(sys.argv[2], "rb") as file:
    services.start_import(
        store=get_store(slug=sys.argv[1]), resource=get_resource(sys.argv[3]), file=file, filename="rows.csv",
        actor=system("Crash test"), now=timezone.now(),
    )
"""
CONFIRM = """
import sys, django
django.setup()
from django.utils import timezone
from regulars.kit.actor import system
from regulars.stores.queries import get_store
from regulars.transfers import services
from regulars.transfers.models import Import
store = get_store(slug=sys.argv[1])
services.confirm_import(
    store=store, import_id=Import.objects.get(store=store).pk, actor=system("Crash test"), now=timezone.now()
)
"""
LEFT_OUT = """
SELECT line, verdict, cells FROM transfers_importrow WHERE store_id = %(store)s AND phase = 'run' ORDER BY line
"""

INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname"


class Install:
    """An install of its own: what is started on it, what is killed, and what its database holds."""

    def __init__(self, folder: Path) -> None:
        self.data_dir = folder / "data"
        self.cluster = Cluster(self.data_dir)
        self._served: subprocess.Popen[bytes] | None = None
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", SUPERVISOR)}
        self._environment = kept | {
            "DATA_DIR": str(self.data_dir),
            "DJANGO_SETTINGS_MODULE": "regulars.config.settings",
        }

    def run(self, *arguments: str) -> str:
        """Carry out a command to its end."""
        command = [sys.executable, "-m", "regulars.cli.main", *arguments]
        done = subprocess.run(command, env=self._environment, check=True, capture_output=True, text=True)
        return done.stdout

    def call(self, code: str, *arguments: str) -> None:
        """Carry out a few lines within the application, on the running database."""
        environment = self._environment | {"DATABASE_URL": self.cluster.url}
        subprocess.run([sys.executable, "-c", code, *arguments], env=environment, check=True)

    def serve(self) -> None:
        """Start everything."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self._served = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "regulars.cli.main",
                "serve",
                f"--port={port}",
                "--workers=1",
                "--no-demo",
            ],
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        """End everything in order."""
        if self._served is not None and self._served.poll() is None:
            self._served.send_signal(signal.SIGTERM)
            self._served.wait(timeout=60)
        self.cluster.stop()

    def kill(self, victim: str) -> bool:
        """Kill -9 one of our processes, or all of them; false when it is not there at this moment."""
        assert self._served is not None
        ours = psutil.Process(self._served.pid).children(recursive=True)
        database = find_postmaster(self.cluster.folder)
        if victim == "everything":
            self._served.kill()
            self._served.wait()
            _kill(ours)
            if database is not None:
                _kill([psutil.Process(database.pid)])
            self.serve()
            return True
        if victim == "database":
            return database is not None and _kill([psutil.Process(database.pid)])
        return _kill([process for process in ours if victim in _words(process)])

    def ask(self, question: str, values: Any = None) -> list[tuple[Any, ...]]:
        """What the database answers, as soon as it is up again."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with psycopg.connect(self.cluster.url, connect_timeout=5) as connection:
                    return connection.execute(question, values).fetchall()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def run_of(self, slug: str) -> tuple[str, int]:
        """The state and the cursor of the import of a store."""
        found = self.ask(
            """SELECT run.state, run.done FROM transfers_import AS imported
            JOIN jobs_run AS run ON run.id = imported.run_id JOIN stores_store AS store ON store.id = run.store_id
            WHERE store.slug = %s""",
            [slug],
        )
        state, done = found[0]
        return str(state), int(done)

    def contents(self, slug: str, subject: Subject) -> dict[str, list[tuple[Any, ...]]]:
        """What an import into a store has left there."""
        ((store,),) = self.ask("SELECT id FROM stores_store WHERE slug = %s", [slug])
        questions = {**subject.questions, "rows left out": LEFT_OUT}
        return {name: self.ask(question, {"store": store}) for name, question in questions.items()}


def disturb(
    *,
    rows: int,
    kills: int,
    seed: int,
    say: Callable[[str], None],
    resources: Sequence[str] = ("customers",),
) -> dict[str, dict[str, Any]]:
    """Import a file of each kind in peace and under fire. Returns what was killed and what came in, by kind; raises
    when they differ."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="regulars-crash-") as name:
        os.chmod(name, 0o755)
        install = Install(Path(name))
        install.run("migrate")
        install.serve()
        try:
            indexes = install.ask(INDEXES)
            install.call(
                STORES, *(f"{state}-{resource}" for resource in resources for state in ("calm", "stormy"))
            )
            found = {one: _twice(install, Path(name), one, rows, kills, chance, say) for one in resources}
            # Those that a killed import had set aside are made again by the worker, within a minute.
            deadline = time.monotonic() + PATIENCE
            while (left := install.ask(INDEXES)) != indexes and time.monotonic() < deadline:
                time.sleep(1)
        finally:
            install.stop()
    if left != indexes:
        raise AssertionError(f"indexes are missing: {set(indexes) - set(left)}")
    return found


def _twice(
    install: Install,
    folder: Path,
    resource: str,
    rows: int,
    kills: int,
    chance: random.Random,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """One kind of record: into one store under fire, then into another in peace, and what both hold."""
    subject, path = SUBJECTS[resource], folder / f"{resource}.csv"
    stormy, calm = f"stormy-{resource}", f"calm-{resource}"
    subject.write(path, rows)
    killed = _under_fire(install, path, resource, kills, chance, say)
    began = time.monotonic()
    counts = json.loads(install.run("records", "import", resource, str(path), "--store", calm, "--json"))
    say(f"undisturbed: {counts} in {time.monotonic() - began:.1f} s")
    there, here = (install.contents(slug, subject) for slug in (calm, stormy))
    different = [name for name in there if there[name] != here[name]]
    if different:
        raise AssertionError(f"not as undisturbed: {different}; {there['history']} became {here['history']}")
    if any(wrong := {name: there[name] for name in subject.empty}.values()):
        raise AssertionError(f"not right: {wrong}")
    return {"killed": killed, "came in": here["history"][0][0], "left out": len(here["rows left out"])}


def _under_fire(
    install: Install, path: Path, resource: str, kills: int, chance: random.Random, say: Callable[[str], None]
) -> list[str]:
    store = f"stormy-{resource}"
    install.call(START, store, str(path), resource)
    killed: list[str] = []
    # A third of the kills while it is checked, the rest while it runs.
    for phase, share in (("check", kills // 3), ("run", kills)):
        if phase == "run":
            install.call(CONFIRM, store)
        _storm(install, store, phase, share, chance, killed, say)
        state, done = _until(install, store, lambda state, done: state not in ("waiting", "running"))
        if state != "done":
            raise AssertionError(f"the {phase} ended as {state} at {done:,} rows")
    return killed


def _storm(
    install: Install,
    store: str,
    phase: str,
    share: int,
    chance: random.Random,
    killed: list[str],
    say: Callable[[str], None],
) -> None:
    while len(killed) < share:
        before = install.run_of(store)[1]
        # It must have gone on since the kill before, or nothing would be in the middle of anything.
        state, done = _until(install, store, partial(_went_on, before))
        time.sleep(chance.uniform(0, 0.8))
        if state in OVER:
            return
        victim = chance.choice(VICTIMS)
        if install.kill(victim):
            killed.append(f"{phase}: {victim} at {done:,}")
            say(f"{len(killed)}. {killed[-1]}")


def _went_on(before: int, state: str, done: int) -> bool:
    return done > before or state in OVER


def _until(install: Install, store: str, condition: Callable[[str, int], bool]) -> tuple[str, int]:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        state, done = install.run_of(store)
        if condition(state, done):
            return state, done
        time.sleep(0.05)
    raise AssertionError(f"it does not go on: {install.run_of(store)}")


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _kill(processes: list[psutil.Process]) -> bool:
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    return bool(processes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--resource", choices=sorted(SUBJECTS), default="customers")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    found = disturb(
        rows=options.rows,
        kills=options.kills,
        seed=options.seed,
        say=lambda text: print(text, flush=True),
        resources=[options.resource],
    )[options.resource]
    print(f"the same rows after {len(found['killed'])} kills: {found['came in']:,} {options.resource}")


if __name__ == "__main__":
    main()
