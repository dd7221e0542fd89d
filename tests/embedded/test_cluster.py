"""The bundled database is made, stopped, found again after any kill, and says clearly what is wrong."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from regulars.embedded import Cluster, EmbeddedError, creation, postmaster

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """One running cluster; tests may kill it, the next one starts it again."""
    cluster = Cluster(tmp_path_factory.mktemp("cluster") / "data")
    cluster.start()
    yield cluster
    cluster.stop()


def ask(url, question):
    with psycopg.connect(url) as connection:
        return connection.execute(question).fetchone()[0]


def postmaster_of(cluster):
    return postmaster.find_postmaster(cluster.folder).pid


class TestStart:
    def test_makes_a_database_with_the_settings_of_a_shop(self, cluster):
        with psycopg.connect(cluster.start()) as connection:
            show = {
                name: connection.execute("SELECT current_setting(%s)", [name]).fetchone()[0]
                for name in ("server_encoding", "TimeZone", "fsync", "jit", "listen_addresses")
            }
            locale = connection.execute(
                "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = current_database()"
            ).fetchone()
        assert show == {
            "server_encoding": "UTF8",
            "TimeZone": "UTC",
            "fsync": "on",
            "jit": "off",
            "listen_addresses": "",
        }
        assert locale == ("b", "C.UTF-8")
        assert cluster.running_url() == cluster.url

    def test_the_application_is_no_superuser_and_can_add_trusted_extensions(self, cluster):
        with psycopg.connect(cluster.start()) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            connection.execute("CREATE EXTENSION IF NOT EXISTS unaccent")
            assert connection.execute("SELECT usesuper FROM pg_user WHERE usename = user").fetchone() == (
                False,
            )

    def test_refuses_a_connection_without_the_password(self, cluster):
        cluster.start()
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(cluster.url, password="wrong")

    def test_passwords_are_readable_by_the_owner_alone(self, cluster):
        assert (cluster.folder / "pgpass").stat().st_mode & 0o777 == 0o600

    def test_stops_and_keeps_what_was_written(self, cluster):
        with psycopg.connect(cluster.start(), autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        cluster.stop()
        assert not cluster.is_running()
        assert cluster.running_url() is None
        assert ask(cluster.start(), "SELECT number FROM kept") == 7

    @pytest.mark.parametrize("name", ["ünï code, comma", "long" * 30])
    def test_works_in_a_folder_called(self, tmp_path, name):
        cluster = Cluster(tmp_path / name / "data")
        try:
            assert ask(cluster.start(), "SELECT 1") == 1
            first = cluster.url
            cluster.stop()
            assert cluster.start() == first
        finally:
            cluster.stop()


class TestRecovery:
    def test_uses_a_server_again_that_somebody_left_behind(self, cluster):
        cluster.start()
        left = postmaster_of(cluster)
        other = Cluster(cluster.data_dir)
        assert ask(other.start(), "SELECT 1") == 1
        assert postmaster_of(cluster) == left

    def test_recovers_from_a_killed_server(self, cluster):
        with psycopg.connect(cluster.start(), autocommit=True) as connection:
            connection.execute("CREATE TABLE acknowledged AS SELECT 8 AS number")
            killed = postmaster_of(cluster)
            os.kill(killed, signal.SIGKILL)
            assert ask(cluster.start(), "SELECT number FROM acknowledged") == 8
        assert postmaster_of(cluster) != killed

    def test_recovers_when_another_process_started_the_killed_server(self, tmp_path):
        program = "import sys; from pathlib import Path; from regulars.embedded import Cluster;"
        program += "Cluster(Path(sys.argv[1])).start(); print(flush=True); import time; time.sleep(60)"
        # It never looks at its child again: the killed server stays a zombie.
        starter = subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "data")], stdout=subprocess.PIPE
        )
        cluster = Cluster(tmp_path / "data")
        try:
            starter.stdout.readline()
            os.kill(postmaster_of(cluster), signal.SIGKILL)
            assert ask(cluster.start(), "SELECT 1") == 1
        finally:
            starter.kill()
            starter.wait()
            cluster.stop()

    def test_is_not_fooled_by_a_number_that_now_belongs_to_another_program(self, cluster):
        cluster.start()
        cluster.stop()
        (cluster.folder / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.folder}\n1\n5432\n/tmp\n")
        assert not cluster.is_running()
        assert ask(cluster.start(), "SELECT 1") == 1

    def test_begins_again_after_an_interrupted_first_start(self, tmp_path):
        half_made = tmp_path / "data" / "postgres.new"
        half_made.mkdir(parents=True)
        (half_made / "PG_VERSION").write_text("18\n")
        cluster = Cluster(tmp_path / "data")
        try:
            assert ask(cluster.start(), "SELECT 1") == 1
            assert not half_made.exists()
        finally:
            cluster.stop()

    def test_makes_the_database_when_the_first_start_ended_before_that(self, cluster):
        from regulars.embedded import creation

        cluster.start()
        with psycopg.connect(
            cluster._url(role=creation.SUPERUSER, database="postgres"), autocommit=True
        ) as connection:
            connection.execute("DROP DATABASE regulars WITH (FORCE)")
        assert ask(cluster.start(), "SELECT 1") == 1


class TestRefusals:
    def test_says_which_version_wrote_the_data(self, tmp_path):
        cluster = Cluster(tmp_path)
        cluster.folder.mkdir()
        (cluster.folder / "PG_VERSION").write_text("17\n")
        with pytest.raises(
            EmbeddedError, match="written by PostgreSQL 17, and this Regulars brings PostgreSQL 18"
        ):
            cluster.start()

    def test_says_that_the_folder_is_a_file(self, tmp_path):
        (tmp_path / "data").write_text("")
        with pytest.raises(EmbeddedError, match="is not a folder"):
            Cluster(tmp_path / "data").start()

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
    def test_says_that_the_folder_is_closed(self, tmp_path):
        tmp_path.chmod(0o500)
        with pytest.raises(EmbeddedError, match="No permission"):
            Cluster(tmp_path / "data").start()

    @root_only
    @pytest.mark.parametrize("size", ["8m", "280m"])
    def test_says_that_the_disk_is_full(self, tmp_path, size):
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", tmp_path], check=False
        )
        if mounted.returncode != 0:
            pytest.skip("cannot mount here")
        try:
            cluster = Cluster(tmp_path / "data")
            if size == "280m":
                cluster.start()
                cluster.stop()
                left = os.statvfs(tmp_path).f_bavail * os.statvfs(tmp_path).f_frsize
                (tmp_path / "filler").write_bytes(bytes(left))
            with pytest.raises(EmbeddedError, match="is full"):
                cluster.start()
        finally:
            subprocess.run(["umount", tmp_path], check=False)


@root_only
class TestRoot:
    def test_runs_as_another_user_inside_a_folder_closed_to_all_but_root(self, tmp_path):
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        cluster = Cluster(closed / "data")
        try:
            assert ask(cluster.start(), "SELECT 1") == 1
            status = Path(f"/proc/{postmaster_of(cluster)}/status").read_text()
            fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
            assert "0" not in fields["Uid"].split()
            # Passing through folders is all that is left of root: capability 2 or, where that is missing, 1.
            assert int(fields["CapEff"], 16) in (1 << 2, 1 << 1)
            assert closed.stat().st_mode & 0o777 == 0o700
        finally:
            cluster.stop()

    def test_keeps_no_capability_where_folders_are_open(self):
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            cluster = Cluster(Path(folder, "data"))
            cluster.data_dir.mkdir(mode=0o755)
            try:
                cluster.start()
                status = Path(f"/proc/{postmaster_of(cluster)}/status").read_text()
                assert "CapEff:\t0000000000000000" in status
            finally:
                cluster.stop()


def test_a_start_on_existing_data_makes_nothing_anew(cluster, monkeypatch):
    cluster.start()
    cluster.stop()
    for work in ("create_cluster", "create_database"):
        monkeypatch.delattr(creation, work)
    cluster.start()
    assert cluster.is_running()
