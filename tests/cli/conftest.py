"""`regulars` run as people run it: a process of its own, on a small stand-in project that starts quickly."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

STANDIN = Path(__file__).parent / "standin"
ROOT = Path(__file__).resolve().parents[2]
# Seconds until something that should end is taken for hanging; how fast it is, the bench says.
PATIENCE = 120


class Install:
    """One data folder and the processes started on it."""

    def __init__(self, folder: Path) -> None:
        self.data_dir = folder / "data dir"
        self.processes: list[subprocess.Popen[str]] = []
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        process = subprocess.Popen(
            [sys.executable, "-m", "regulars.cli.main", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={
                **inherited,
                "PYTHONPATH": f"{STANDIN}{os.pathsep}{ROOT}",
                "DJANGO_SETTINGS_MODULE": "settings",
                "DATA_DIR": str(self.data_dir),
                **environment,
            },
        )
        self.processes.append(process)
        return process

    def run(self, *arguments: str, **environment: str) -> tuple[int, str, str]:
        process = self.start(*arguments, **environment)
        out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, out, err

    def serve(self, *arguments: str) -> subprocess.Popen[str]:
        """Start everything and wait until it says that it runs."""
        process = self.start("serve", f"--port={self.port}", "--workers=1", *arguments)
        for line in process.stdout:
            if "Ctrl-C stops it" in line:
                return process
        raise AssertionError(process.stderr.read())

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=PATIENCE) as answer:
                return answer.status == 200
        except OSError:
            return False

    def until(self, condition) -> bool:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if condition():
                return True
            time.sleep(0.05)
        return False

    def child(self, process: subprocess.Popen[str], word: str) -> psutil.Process:
        """The web or worker process of a supervisor."""
        return next(child for child in psutil.Process(process.pid).children() if word in child.cmdline())

    def clean_up(self) -> None:
        from regulars.embedded import Cluster

        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.communicate(timeout=PATIENCE)
        Cluster(self.data_dir).stop()


@pytest.fixture
def install():
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        install = Install(Path(folder))
        yield install
        install.clean_up()
