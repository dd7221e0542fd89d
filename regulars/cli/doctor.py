"""`regulars doctor`: look at an install and say what is wrong, and what to do about it."""

import argparse
import json
import os
import platform
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass

import psycopg

import regulars
from regulars.cli import database
from regulars.embedded import EmbeddedError, binaries

LOW_DISK_GIGABYTES = 2.0


@dataclass(frozen=True)
class Finding:
    """One thing looked at: fine, or what to do."""

    name: str
    good: bool
    text: str


def run(arguments: list[str]) -> int:
    """Print a line per check; code 1 when something needs attention."""
    parser = argparse.ArgumentParser(prog="regulars doctor", description="Check this install.")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    checks = [_program, _folder, _bundled_postgres]
    findings = [check() for check in checks]
    findings += _database()
    good = all(finding.good for finding in findings)
    if options.json:
        print(json.dumps({"good": good, "findings": [asdict(finding) for finding in findings]}))
    else:
        for finding in findings:
            print(f"{'ok' if finding.good else 'PROBLEM':<8} {finding.name:<11} {finding.text}")
    return 0 if good else 1


def _program() -> Finding:
    machine = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    return Finding("regulars", good=True, text=f"{regulars.__version__} on {machine}")


def _folder() -> Finding:
    folder = database.data_dir()
    if not folder.exists():
        return Finding("data folder", good=True, text=f"{folder} (made at the first start)")
    free = shutil.disk_usage(folder).free / 1e9
    if not os.access(folder, os.W_OK):
        return Finding("data folder", good=False, text=f"{folder} cannot be written: run as its owner")
    text = f"{folder}, {free:,.1f} GB free"
    if free < LOW_DISK_GIGABYTES:
        return Finding("data folder", good=False, text=f"{text}: make room before the disk is full")
    return Finding("data folder", good=True, text=text)


def _bundled_postgres() -> Finding:
    return _tried(
        "bundled", lambda: f"PostgreSQL {binaries.major_version()} in {binaries.program('postgres')}"
    )


def _database() -> list[Finding]:
    try:
        with database.available():
            return [
                _tried("database", _about_database),
                _tried("migrations", _about_migrations),
                _tried("settings", _about_settings),
                _tried("figures", _about_figures),
                _tried("invoices", _about_invoices),
                _tried("points", _about_points),
            ]
    except EmbeddedError as error:
        return [Finding("database", good=False, text=error.message)]


def _about_database() -> str:
    with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=10) as connection:
        row = connection.execute(
            "SELECT current_setting('server_version'), pg_size_pretty(pg_database_size(current_database()))"
        ).fetchone()
    version, size = row or ("?", "?")
    if int(version.split(".")[0]) < 18:
        raise EmbeddedError(f"PostgreSQL {version} is too old: Regulars needs 18")
    return f"PostgreSQL {version}, {size}"


def _about_migrations() -> str:
    import django

    from regulars.cli.migrations import pending_steps

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    django.setup()
    if steps := pending_steps():
        raise EmbeddedError(f"{steps} steps are missing: run `regulars migrate`")
    return "up to date"


def _about_settings() -> str:
    """What Django asks of a site on the open internet; of one on this machine alone it asks less."""
    import django
    from django.conf import settings
    from django.core.checks import Tags, run_checks

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    django.setup()
    if not getattr(settings, "SECURE", False):
        return "for this machine alone: REGULARS_BASE_URL is not https://…"
    found = run_checks(tags=[Tags.security], include_deployment_checks=True)
    wrong = [f"{one.id}: {one.msg}" for one in found if not one.is_silenced()]
    if settings.DEFAULT_FROM_EMAIL.rstrip(">").endswith("@localhost"):
        wrong.append("mail would come from localhost: say from whom with REGULARS_FROM_EMAIL")
    if wrong:
        raise EmbeddedError("; ".join(wrong).replace("\n", " "))
    return f"safe for the open internet at {settings.BASE_URL}"


def _about_figures() -> str:
    """What customers bought is counted anew; it must be what stands beside them."""
    import django
    from django.apps import apps
    from django.db import DatabaseError

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    django.setup()
    if not apps.is_installed("regulars.orders"):
        return "not counted: these settings have no orders"
    from regulars.credit.queries import drift as credit_drift
    from regulars.orders.services import drift_of
    from regulars.stores.queries import all_stores

    try:
        stores = all_stores()
        found = {store.slug: drift_of(store=store) for store in stores}
        credit = {store.slug: len(credit_drift(store=store)) for store in stores}
    except DatabaseError:  # an older database, which the check of the migrations tells
        return "not counted: the database is not up to date"
    wrong = [f"{slug}: {one.customers} customers, {one.orders} orders" for slug, one in found.items() if one]
    if wrong:
        raise EmbeddedError(
            f"not what the orders come to ({'; '.join(wrong)}): the worker puts it right tonight"
        )
    if owed := [f"{slug}: {count} customers" for slug, count in credit.items() if count]:
        raise EmbeddedError(f"store credit is not the sum of its entries ({'; '.join(owed)})")
    return f"what customers bought and their store credit are counted right in {len(found)} stores"


def _about_invoices() -> str:
    """Numbers without gaps, sums that agree with their lines and payments, credit that agrees with its ledger."""
    import django
    from django.apps import apps
    from django.db import DatabaseError

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    django.setup()
    if not apps.is_installed("regulars.invoices"):
        return "not looked at: these settings have no invoices"
    from regulars.credit.queries import drift
    from regulars.invoices.queries import wrong_numbers
    from regulars.stores.queries import all_stores

    stores = all_stores()
    try:
        wrong = [f"{store.slug}: {one}" for store in stores for one in wrong_numbers(store=store)]
        wrong += [
            f"{store.slug}: the store credit of {count} customers is not the sum of its entries"
            for store in stores
            if (count := len(drift(store=store)))
        ]
    except DatabaseError:  # an older database, which the check of the migrations tells
        return "not looked at: the database is not up to date"
    if wrong:
        raise EmbeddedError("; ".join(wrong[:5]) + (f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""))
    return f"numbers without gaps, sums and store credit right in {len(stores)} stores"


def _about_points() -> str:
    """What stands beside customers is what their entries come to, and what is left of these is what can be spent."""
    import django
    from django.apps import apps
    from django.db import DatabaseError

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    django.setup()
    if not apps.is_installed("regulars.loyalty"):
        return "not looked at: these settings have no points"
    from regulars.loyalty.queries import drift
    from regulars.stores.queries import all_stores

    try:
        stores = all_stores()
        wrong = [f"{store.slug}: {len(found)} customers" for store in stores if (found := drift(store=store))]
    except DatabaseError:  # an older database, which the check of the migrations tells
        return "not looked at: the database is not up to date"
    if wrong:
        raise EmbeddedError(f"points are not the sum of their entries ({'; '.join(wrong)})")
    return f"the points of customers are the sum of their entries in {len(stores)} stores"


def _tried(name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name, good=True, text=look())
    except (EmbeddedError, psycopg.Error) as error:
        return Finding(name, good=False, text=str(error).strip().splitlines()[-1])
