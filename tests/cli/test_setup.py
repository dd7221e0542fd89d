"""Set-up finds a Python that works, and says in one line when there is none."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def setup(monkeypatch, tmp_path):
    """The module, on a machine without any Python but what the test puts there."""
    spec = importlib.util.spec_from_file_location("regulars_setup", ROOT / "tools" / "setup.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "none"))
    monkeypatch.setattr(module, "TOOLS", str(tmp_path / "tools"))
    return module


def put(folder: Path, name: str, answer: str) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{answer}\n")
    path.chmod(0o755)
    return str(path)


def test_passes_over_a_shim_that_does_not_run(setup, tmp_path):
    put(tmp_path, "python3.13", "echo 'pyenv: python3.13: command not found' >&2; exit 127")
    works = put(tmp_path, "python3.12", "echo 3 12 4 cpython 0")
    assert setup.find_python() == works


def test_prefers_the_version_that_it_was_made_on(setup, tmp_path):
    put(tmp_path, "python3", "echo 3 14 0 cpython 0")
    works = put(tmp_path, "python3.13", "echo 3 13 0 cpython 0")
    assert setup.find_python() == works


@pytest.mark.parametrize("answer", ["3 13 0 pypy 0", "3 13 0 cpython 1", "3 11 9 cpython 0"])
def test_does_not_take(setup, tmp_path, monkeypatch, answer):
    put(tmp_path, "python3", f"echo {answer}")
    monkeypatch.setattr(setup, "private_uv", lambda python: None)
    with pytest.raises(setup.SetupError, match="needs Python"):
        setup.find_python()


def test_names_the_old_python_that_it_found(setup, tmp_path, monkeypatch):
    old = put(tmp_path, "python3", "echo 3 11 2 cpython 0")
    monkeypatch.setattr(setup, "private_uv", lambda python: None)
    with pytest.raises(setup.SetupError) as refused:
        setup.find_python()
    line = str(refused.value)
    assert line.startswith(f"Regulars needs Python 3.12 or newer; found 3.11.2 ({old}). Install one")
    assert "\n" not in line


def test_lets_uv_bring_one_when_all_are_too_old(setup, tmp_path):
    put(tmp_path, "python3", "echo 3 11 2 cpython 0")
    brought = put(tmp_path, "brought", "echo 3 13 7 cpython 0")
    put(tmp_path, "uv", f"[ $2 = find ] && echo {brought}; exit 0")
    (tmp_path / "tools").mkdir()
    assert setup.find_python() == brought


def test_a_moved_or_interrupted_environment_is_made_anew(setup, tmp_path, monkeypatch):
    venv = tmp_path / "venv"
    venv.mkdir()
    monkeypatch.setattr(setup, "VENV", str(venv))
    monkeypatch.setattr(setup, "PYTHON", sys.executable)
    monkeypatch.setattr(setup, "STAMP", str(venv / "stamp"))
    monkeypatch.setattr(setup, "find_python", lambda: sys.executable)
    made = []
    monkeypatch.setattr(setup, "make_environment", made.append)
    for stamp in ({"unfinished": True}, {"root": "/elsewhere"}):
        setup.write_stamp(stamp)
        setup.set_up_environment()
    assert made == [sys.executable] * 2
    setup.write_stamp({"root": setup.ROOT})
    setup.set_up_environment()
    assert len(made) == 2
