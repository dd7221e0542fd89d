"""How the bundled PostgreSQL is tuned: a shop's database that shares its machine with the web server."""

import os
from pathlib import Path

import psutil

MEGABYTE = 1024 * 1024


def server_settings(*, socket_dir: Path) -> dict[str, str]:
    """The settings given on the command line, where an edited file in the data folder cannot undo them."""
    memory = _memory()
    settings = {
        # Only through the socket in a private folder: nothing listens on the network.
        "listen_addresses": "",
        "unix_socket_directories": str(socket_dir),
        "unix_socket_permissions": "0700",
        "max_connections": "60",
        "shared_buffers": f"{_between(memory // 4, 128, 4096)}MB",
        "effective_cache_size": f"{max(memory // 2, 256)}MB",
        "work_mem": "32MB",
        "maintenance_work_mem": f"{_between(memory // 8, 64, 256)}MB",
        "max_wal_size": "4GB",
        # The bundled build knows one slow way to compress: it cost a bulk action more time than the disk saves.
        "wal_compression": "off",
        "random_page_cost": "1.1",
        # Short queries: compiling one costs more than running it.
        "jit": "off",
        "max_parallel_workers_per_gather": "2",
        "fsync": "on",
        "synchronous_commit": "on",
        "track_io_timing": "on",
        "timezone": "UTC",
        "log_timezone": "UTC",
        # A week of log files, each overwritten a week later.
        "logging_collector": "on",
        "log_directory": "log",
        "log_filename": "postgres-%a.log",
        "log_truncate_on_rotation": "on",
        "log_rotation_age": "1d",
        "log_rotation_size": "0",
        # Statements and details of errors hold customers' data: they stay out of the log.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
    }
    if _shared_memory_is_small():
        settings["dynamic_shared_memory_type"] = "mmap"
    return settings


def _memory() -> int:
    """Megabytes this process may use: the machine's, or the container's when that is less."""
    memory = psutil.virtual_memory().total
    limit = Path("/sys/fs/cgroup/memory.max")
    if limit.exists() and (text := limit.read_text().strip()).isdigit():
        memory = min(memory, int(text))
    return memory // MEGABYTE


def _between(value: int, low: int, high: int) -> int:
    return max(low, min(value, high))


def _shared_memory_is_small() -> bool:
    """Containers often have 64 MB of /dev/shm, where a parallel query fails; files do instead."""
    try:
        room = os.statvfs("/dev/shm")
    except OSError:
        return False
    return room.f_bavail * room.f_frsize < 512 * MEGABYTE
