"""Commands share one server; the last to leave stops it, and a killed one leaves no count behind."""

import subprocess
import sys

import psycopg

from regulars.embedded import Cluster, borrow

BORROWER = """
import sys
from pathlib import Path
from regulars.embedded import borrow
with borrow(Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.readline()
"""


def borrower(data_dir):
    process = subprocess.Popen(
        [sys.executable, "-c", BORROWER, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    return process, process.stdout.readline().strip()


def test_the_last_to_leave_stops_the_server(tmp_path):
    cluster = Cluster(tmp_path / "data")
    with borrow(cluster.data_dir) as url:
        other, same = borrower(cluster.data_dir)
        assert same == url
    assert cluster.is_running()
    other.communicate("\n", timeout=20)
    assert not cluster.is_running()


def test_two_that_come_at_once_get_one_server(tmp_path):
    both = [
        subprocess.Popen(
            [sys.executable, "-c", BORROWER, str(tmp_path / "data")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    urls = {process.stdout.readline() for process in both}
    assert len(urls) == 1
    for process in both:
        process.communicate("\n", timeout=20)
        assert process.returncode == 0
    assert not Cluster(tmp_path / "data").is_running()


def test_a_killed_borrower_is_not_counted(tmp_path):
    killed, url = borrower(tmp_path / "data")
    killed.kill()
    killed.wait()
    cluster = Cluster(tmp_path / "data")
    assert cluster.running_url() == url  # the server outlives it …
    with borrow(tmp_path / "data") as again, psycopg.connect(again) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not cluster.is_running()  # … until the next one leaves
