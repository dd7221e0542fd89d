"""The `regulars` command: start, look after and script an install from a terminal."""
