"""What a backup saved comes back, and nothing is replaced unasked."""

import psycopg
import pytest

from regulars.embedded import Cluster, EmbeddedError


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("archive") / "data dir")
    cluster.start()
    yield cluster
    cluster.stop()


@pytest.fixture
def filled(cluster):
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute("CREATE TABLE customer (name text)")
        connection.execute("CREATE INDEX ON customer USING gin (name gin_trgm_ops)")
        connection.execute("INSERT INTO customer VALUES ('Zoë'), ('李雷')")
    (cluster.files / "imports").mkdir(parents=True, exist_ok=True)
    (cluster.files / "imports" / "ä.csv").write_text("first file")
    return cluster


def names(cluster):
    with psycopg.connect(cluster.url) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM customer ORDER BY 1")]


def test_brings_database_and_files_back(filled, tmp_path):
    archive = tmp_path / "saved.tar"
    filled.backup(archive)
    with psycopg.connect(filled.url, autocommit=True) as connection:
        connection.execute("DELETE FROM customer")
        connection.execute("CREATE TABLE made_later (id int)")
    (filled.files / "imports" / "ä.csv").write_text("changed")
    filled.restore(archive, force=True)
    assert names(filled) == ["Zoë", "李雷"]
    assert (filled.files / "imports" / "ä.csv").read_text() == "first file"
    with psycopg.connect(filled.url) as connection:
        assert connection.execute("SELECT to_regclass('made_later')").fetchone() == (None,)
    # and a backup of what was restored is restored again
    filled.backup(archive)
    filled.restore(archive, force=True)
    assert names(filled) == ["Zoë", "李雷"]
    assert archive.stat().st_mode & 0o777 == 0o600


def test_refuses_to_replace_data_unasked(filled, tmp_path):
    filled.backup(tmp_path / "saved.tar")
    with pytest.raises(EmbeddedError, match="not empty: add --force"):
        filled.restore(tmp_path / "saved.tar")
    assert names(filled) == ["Zoë", "李雷"]


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04"])
def test_refuses_what_is_no_backup_and_changes_nothing(filled, tmp_path, content):
    (tmp_path / "other.tar").write_bytes(content)
    with pytest.raises(EmbeddedError, match="not a backup"):
        filled.restore(tmp_path / "other.tar", force=True)
    assert names(filled) == ["Zoë", "李雷"]


def test_a_failed_backup_leaves_the_earlier_one(filled, tmp_path):
    archive = tmp_path / "saved.tar"
    archive.write_bytes(b"earlier")
    with pytest.raises(EmbeddedError):
        from regulars.embedded import archive as module

        module.backup(url=filled.url.replace("/regulars?", "/missing?"), files=filled.files, target=archive)
    assert archive.read_bytes() == b"earlier"
    assert [path.name for path in tmp_path.iterdir()] == ["saved.tar"]
