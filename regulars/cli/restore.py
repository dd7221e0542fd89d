"""`regulars restore FILE`: an archive made by `regulars backup`, brought back."""

import argparse
import os
import sys
from pathlib import Path

from regulars.cli import database
from regulars.embedded import EmbeddedError, archive
from regulars.embedded.locks import open_lock, take_alone


def run(arguments: list[str]) -> int:
    """Put the saved database and files in place of what is there; refuses to replace data without --force."""
    parser = argparse.ArgumentParser(prog="regulars restore", description="Bring a backup back.")
    parser.add_argument("file", type=Path, help="an archive made by `regulars backup`")
    parser.add_argument("--force", action="store_true", help="replace a database that holds data")
    options = parser.parse_args(arguments)
    folder = database.data_dir()
    if not options.file.is_file():
        raise EmbeddedError(f"There is no file {options.file}.")
    with database.available(), open_lock(folder / "serve.lock") as lock:
        if not take_alone(lock):
            raise EmbeddedError("Regulars is running on this data folder: stop it, then restore.")
        archive.restore(
            url=os.environ["DATABASE_URL"], files=folder / "files", source=options.file, force=options.force
        )
    print(f"Restored from {options.file}.", file=sys.stderr)
    return 0
