"""`regulars backup FILE`: everything of this install in one archive."""

import argparse
import os
import sys
from pathlib import Path

from regulars.cli import database
from regulars.embedded import archive


def run(arguments: list[str]) -> int:
    """Save the database and the files while the install keeps running."""
    parser = argparse.ArgumentParser(prog="regulars backup", description="Save the database and the files.")
    parser.add_argument("file", type=Path, help="the archive to write, such as regulars.tar")
    options = parser.parse_args(arguments)
    with database.available():
        archive.backup(
            url=os.environ["DATABASE_URL"], files=database.data_dir() / "files", target=options.file
        )
    size = options.file.stat().st_size / 1_000_000
    print(f"Saved to {options.file} ({size:,.1f} MB).", file=sys.stderr)
    return 0
