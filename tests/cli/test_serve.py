"""`regulars serve` starts, keeps and stops everything, and survives every kill."""

import os
import signal
import socket

import psutil

from regulars.embedded import Cluster
from regulars.embedded.postmaster import find_postmaster, has_ended
from tests.cli.conftest import PATIENCE


def test_starts_again_and_stops_cleanly(install):
    install.serve().send_signal(signal.SIGINT)
    install.processes[0].communicate(timeout=PATIENCE)
    again = install.serve()
    assert install.answers()
    family = [again.pid, *(child.pid for child in psutil.Process(again.pid).children(recursive=True))]
    again.send_signal(signal.SIGINT)
    _, errors = again.communicate(timeout=PATIENCE)
    assert again.returncode == 0
    assert errors == ""
    assert install.until(lambda: all(map(has_ended, family)))
    assert not Cluster(install.data_dir).is_running()


def test_everything_killed_starts_again_on_the_same_port(install):
    first = install.serve()
    web = install.child(first, "web")
    workers = web.children()
    os.kill(find_postmaster(install.data_dir / "postgres").pid, signal.SIGKILL)
    for process in (web, first):
        process.kill()
    first.communicate()
    assert install.until(lambda: not any(worker.is_running() for worker in workers))
    install.serve()
    assert install.answers()


def test_a_killed_supervisor_leaves_no_web_server(install):
    first = install.serve()
    first.kill()
    first.communicate()
    assert install.until(lambda: not install.answers())
    install.serve()
    assert install.answers()


def test_brings_back_a_web_server_and_a_database_that_were_killed(install):
    process = install.serve()
    web = install.child(process, "web")
    web.kill()
    assert install.until(lambda: not web.is_running())
    assert install.until(install.answers)
    database = Cluster(install.data_dir)
    killed = find_postmaster(database.folder).pid
    os.kill(killed, signal.SIGKILL)
    assert install.until(lambda: has_ended(killed))
    assert install.until(database.is_running)
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=PATIENCE)
    assert "The web ended unexpectedly (signal 9); starting it again now." in errors
    assert "The database ended unexpectedly; starting it again." in errors


def test_refuses_a_second_one_on_the_same_data(install):
    process = install.serve()
    code, out, errors = install.run("serve", "--port=0")
    assert (code, out) == (1, "")
    address = f"http://localhost:{install.port}"
    assert errors == (
        f"regulars: Regulars is already running on this data folder (pid {process.pid}, {address}).\n"
    )
    assert install.answers()


def test_refuses_a_taken_port(install):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", install.port))
        taken.listen()
        code, _, errors = install.run("serve", f"--port={install.port}")
    assert code == 1
    assert errors == (
        f"regulars: Port {install.port} is taken by another program; "
        f"choose one: make run PORT={install.port + 1}\n"
    )


def test_other_commands_share_its_database(install):
    process = install.serve()
    code, _, errors = install.run("backup", str(install.data_dir.parent / "saved.tar"))
    assert code == 0, errors
    assert install.answers()
    code, _, errors = install.run("restore", str(install.data_dir.parent / "saved.tar"), "--force")
    assert (code, errors) == (
        1,
        "regulars: Regulars is running on this data folder: stop it, then restore.\n",
    )
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE)
    code, _, errors = install.run("restore", str(install.data_dir.parent / "saved.tar"), "--force")
    assert code == 0, errors


def test_leaves_the_bundled_database_alone_when_another_is_given(install):
    cluster = Cluster(install.data_dir.parent / "elsewhere")
    url = cluster.start()
    try:
        code, out, errors = install.run("demo", "--show", DATABASE_URL=url)
    finally:
        cluster.stop()
    assert (code, out) == (0, "owner@demo.test  secret\n"), errors
    assert not (install.data_dir / "postgres").exists()
