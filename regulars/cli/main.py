"""The `regulars` command: everything of an install, from one word in a terminal."""

import difflib
import errno
import importlib
import os
import signal
import sys
from collections.abc import Iterator
from types import FrameType

import psycopg

import regulars
from regulars.cli import database
from regulars.cli.tie import die_with_supervisor
from regulars.embedded import EmbeddedError
from regulars.embedded.errors import disk_full

COMMANDS = {
    "serve": "start everything: database, web, worker; Ctrl-C stops it",
    "web": "start the web server alone",
    "worker": "run imports, exports and mail in the background",
    "migrate": "bring the database up to date",
    "stores": "create and list stores",
    "staff": "people of the stores: add, list, switch off, set a password",
    "token": "create API tokens for other systems",
    "outbox": "read mail about sign-in that no provider has sent",
    "records": "list, show, change, import and export customers and other records",
    "duplicates": "look for customers that may be the same person, and list them",
    "blocks": "keep the block list: list, add, remove, check, import, export",
    "privacy": "copy everything about a customer, see whom rules of keeping mean",
    "payouts": "seal how customers are paid again after the key was changed",
    "offers": "redeem offers, and look after their codes and pictures",
    "segments": "make, list, refresh and show segments of customers",
    "demo": "make a demo store, or show its sign-ins",
    "backup": "save the database and the files to one archive",
    "restore": "bring an archive back",
    "doctor": "check this install and say what is wrong",
    "bench": "measure how fast this machine serves a large store",
}
# These run before Django is loaded; each module has run(arguments) -> exit code.
OURS = {
    "serve": "regulars.cli.serve",
    "web": "regulars.cli.web",
    "backup": "regulars.cli.backup",
    "restore": "regulars.cli.restore",
    "doctor": "regulars.cli.doctor",
    "bench": "regulars.cli.bench.command",
}
# They work on files alone, or migrate by themselves.
WITHOUT_DATABASE = {"collectstatic", "makemessages", "compilemessages", "help"}
WITHOUT_MIGRATING = {"migrate", "makemigrations", "showmigrations", "sqlmigrate", "check"}


def main() -> None:
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command; an expected failure is one line on the error output and code 1."""
    database.settle_data_dir()
    die_with_supervisor()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    try:
        return _dispatch(arguments)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output has left (`| head`): nothing to say, and nothing more to flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as error:
        line = in_one_line(error)
        if line is None:
            raise
        print(f"regulars: {line}", file=sys.stderr)
        return 1


def in_one_line(error: BaseException) -> str | None:
    """What to tell the person when the machine, not the code, is at fault; `None` for a bug."""
    for cause in _causes(error):
        if isinstance(cause, EmbeddedError):
            return cause.message
        if isinstance(cause, psycopg.errors.DiskFull) or getattr(cause, "errno", None) == errno.ENOSPC:
            return disk_full(database.data_dir()).message
        if isinstance(cause, psycopg.OperationalError) and cause.sqlstate is None:
            return f"The database cannot be reached: {str(cause).strip().splitlines()[-1]}"
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _dispatch(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help"):
        print(help_text())
        return 0
    if arguments[0] in ("-V", "--version"):
        print(f"regulars {regulars.__version__}")
        return 0
    name, rest = arguments[0], arguments[1:]
    if name in OURS:
        return importlib.import_module(OURS[name]).run(rest)
    return _run_with_django(name, rest)


def _run_with_django(name: str, rest: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    if name in WITHOUT_DATABASE or {"-h", "--help"} & set(rest):
        return _manage(name, rest)
    with database.available() as bundled:
        if bundled and name not in WITHOUT_MIGRATING:
            from regulars.cli.migrations import apply_pending

            apply_pending()
        return _manage(name, rest)


def _manage(name: str, rest: list[str]) -> int:
    import django
    from django.core.management import ManagementUtility, get_commands

    django.setup()
    known = get_commands()
    if name not in known and name != "help":
        near = difflib.get_close_matches(name, [*COMMANDS, *known], n=1)
        hint = f" Did you mean `regulars {near[0]}`?" if near else ""
        print(f"regulars: there is no command {name!r}.{hint} `regulars --help` lists them.", file=sys.stderr)
        return 2
    ManagementUtility(["regulars", name, *rest]).execute()
    return 0


def help_text() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {purpose}" for name, purpose in COMMANDS.items()]
    return "\n".join(
        [
            "usage: regulars COMMAND [OPTION …]",
            "",
            *lines,
            "",
            "`regulars COMMAND --help` explains one. DATA_DIR (default ./var) is the folder of the install;",
            "with DATABASE_URL set, that PostgreSQL is used instead of the bundled one.",
        ]
    )


def _leave(number: int, frame: FrameType | None) -> None:
    """Leave through every `finally`, so that the database is given back."""
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
