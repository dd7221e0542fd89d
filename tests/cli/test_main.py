"""The `regulars` command itself."""

import json

import regulars


def test_lists_its_commands(install):
    code, out, _ = install.run("--help")
    assert code == 0
    for name in ("serve", "worker", "records", "backup", "restore", "doctor"):
        assert f"\n  {name} " in out


def test_says_its_version(install):
    assert install.run("--version") == (0, f"regulars {regulars.__version__}\n", "")


def test_suggests_the_command_that_was_meant(install):
    code, _, errors = install.run("demmo", "--help")
    assert code == 2
    assert "there is no command 'demmo'. Did you mean `regulars demo`?" in errors


def test_keeps_the_output_for_machines_clean_while_it_makes_the_database(install):
    code, out, errors = install.run("demo", "--show")
    assert (code, out) == (0, "owner@demo.test  secret\n")
    assert "Bringing the database up to date" in errors


def test_a_failure_of_the_machine_is_one_line(install):
    install.data_dir.write_text("a file where the folder should be")
    code, out, errors = install.run("demo", "--show")
    assert (code, out) == (1, "")
    assert errors.startswith("regulars: ") and errors.count("\n") == 1
    install.data_dir.unlink()


def test_a_database_out_of_reach_is_one_line(install):
    code, _, errors = install.run("migrate", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert code == 1
    assert errors.startswith("regulars: The database cannot be reached: ") and errors.count("\n") == 1


def test_doctor_finds_nothing_wrong_once_the_database_is_made(install):
    code, out, _ = install.run("doctor", "--json")
    report = {finding["name"]: finding for finding in json.loads(out)["findings"]}
    assert code == 1
    assert report["database"]["good"]
    assert report["migrations"]["text"].endswith("steps are missing: run `regulars migrate`")
    assert install.run("migrate")[0] == 0
    code, out, _ = install.run("doctor")
    assert code == 0, out
    assert "PROBLEM" not in out
