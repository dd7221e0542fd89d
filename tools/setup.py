"""Set this checkout up: an environment in .venv, the locked packages, the built assets.

`make` runs it before everything else, with whatever Python it finds, so it uses the standard library
only and no syntax newer than Python 3.6: on an old Python it must still be able to say what is missing.
Nothing to do means done in a fraction of a second; an interrupted run is taken up again by the next.
"""

import fcntl
import glob
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "regulars-setup.json")
TOOLS = os.path.join(ROOT, ".tools")
LOCK = os.path.join(ROOT, "requirements.lock")
PROJECT = os.path.join(ROOT, "pyproject.toml")
STATIC = os.path.join(ROOT, "regulars", "staticfiles")

OLDEST = (3, 12)
NEWEST_TRIED = (3, 14)
WANTED = "3.13"
NAMES = ("python3.13", "python3.12", "python3.14", "python3", "python")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
TAIL = 15
RUNNING = (
    *("django", "allauth", "asgiref", "babel", "django_htmx", "granian", "lark", "ninja", "procrastinate"),
    *("psutil", "psycopg", "psycopg_pool", "pydantic", "sqlparse", "whitenoise", "croniter", "dateutil"),
)

PROBE = (
    "import sys, sysconfig; "
    "print(*sys.version_info[:3], sys.implementation.name, sysconfig.get_config_var('Py_GIL_DISABLED') or 0)"
)


class SetupError(Exception):
    """One clear line."""


def main(arguments):
    os.chdir(ROOT)
    try:
        with open(os.path.abspath(__file__)) as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)  # a second `make` waits for the first
            if "--browser" in arguments:
                set_up_browser()
            else:
                set_up()
    except SetupError as error:
        sys.exit("make: {}".format(error))
    except OSError as error:
        sys.exit("make: set-up failed: {}: {}".format(error.filename or ROOT, error.strerror or error))
    except KeyboardInterrupt:
        sys.exit("\nmake: set-up interrupted; the next `make` goes on.")


def set_up():
    wanted = fingerprint()
    if read_stamp() != wanted:
        began = time.time()
        set_up_environment()
        set_up_packages()
        compile_modules()
        write_stamp(fingerprint())
        say("Set up in {:.0f} seconds.".format(time.time() - began))
    build_assets()
    compile_translations()
    collect_static()


# --- what has been done


def fingerprint():
    """What the environment is made from; another value means: set up again."""
    return {
        "lock": file_hash(LOCK),
        "project": file_hash(PROJECT),
        "root": ROOT,
        "python": environment_version(),
    }


def environment_version():
    """`3.13.0`, from the environment's own note: quicker than starting its Python."""
    try:
        with open(os.path.join(VENV, "pyvenv.cfg"), encoding="utf-8") as note:
            values = dict(line.strip().split(" = ", 1) for line in note if " = " in line)
    except OSError:
        return None
    return (values.get("version") or values.get("version_info")) if os.path.exists(PYTHON) else None


def file_hash(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def read_stamp():
    try:
        with open(STAMP, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return None


def write_stamp(value):
    with open(STAMP + ".new", "w", encoding="utf-8") as file:
        json.dump(value, file)
    os.replace(STAMP + ".new", STAMP)


# --- Python and its environment


def set_up_environment():
    """Have a working .venv; one that was moved, was interrupted or is too old is made anew."""
    stamp = read_stamp()
    interrupted = stamp == {"unfinished": True}
    moved = bool(stamp) and not interrupted and stamp.get("root") != ROOT
    usable = not interrupted and not moved and is_new_enough(probe(PYTHON)) and has_pip(PYTHON)
    if not usable:
        make_environment(find_python())
    write_stamp({"unfinished": True})


def find_python():
    """The best Python on this machine, else one that uv brings."""
    found = {}
    for path in candidates():
        version = probe(path)
        if version is None:
            continue
        if is_new_enough(version) and version[:2] <= NEWEST_TRIED:
            return path
        found.setdefault(version, path)
    newer = [version for version in found if is_new_enough(version)]
    return found[min(newer)] if newer else python_from_uv(found)


def candidates():
    """Every Python on PATH in order of preference, then those that pyenv keeps off it."""
    folders = [folder for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    paths = [os.path.join(folder, name) for name in NAMES for folder in folders]
    pyenv = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    for minor in ("3.13", "3.12", "3.14"):
        paths += sorted(
            glob.glob(os.path.join(glob.escape(pyenv), "versions", minor + ".*", "bin", "python"))
        )
    inside = VENV + os.sep
    return [path for path in paths if os.access(path, os.X_OK) and not path.startswith(inside)]


def probe(path):
    """Its version, by running it: a file called python3.13 may be a shim for something not installed."""
    try:
        answer = subprocess.run(
            [path, "-I", "-c", PROBE],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=20,
            env=plain_env(),
        )
        major, minor, micro, implementation, no_gil = answer.stdout.decode().split()
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    # The locked packages are built for the ordinary CPython.
    return (int(major), int(minor), int(micro)) if implementation == "cpython" and no_gil == "0" else None


def is_new_enough(version):
    return version is not None and version[:2] >= OLDEST


def python_from_uv(found):
    """With only older Pythons here: let uv bring one, into this folder alone."""
    needs = too_old_line(found)
    uv = shutil.which("uv")
    if uv is None and found:
        uv = private_uv(found[max(found)])
    if uv is None:
        raise SetupError(needs)
    say("{} Getting Python {} with uv …".format(needs.split(";")[0] + ".", WANTED))
    env = plain_env()
    env["UV_PYTHON_INSTALL_DIR"] = os.path.join(TOOLS, "python")
    if not quietly([uv, "python", "install", "--no-bin", WANTED], env=env):
        raise SetupError(needs)
    answer = subprocess.run(
        [uv, "python", "find", "--managed-python", WANTED], stdout=subprocess.PIPE, env=env, cwd=TOOLS
    )
    path = answer.stdout.decode().strip()
    if not is_new_enough(probe(path)):
        raise SetupError(needs)
    return path


def private_uv(python):
    folder = os.path.join(TOOLS, "uv")
    uv = os.path.join(folder, "bin", "uv")
    if not os.path.exists(uv):
        inside = os.path.join(folder, "bin", "python")
        if not quietly([python, "-m", "venv", "--clear", folder]) or not quietly(
            [*pip(inside), "install", "uv"]
        ):
            return None
    return uv


def too_old_line(found):
    if found:
        version = max(found)
        seen = "found {} ({})".format(".".join(map(str, version)), found[version])
    else:
        seen = "found none"
    fix = "Install one (Debian 13: apt install python3), then `make` again."
    return "Regulars needs Python 3.12 or newer; {}. {}".format(seen, fix)


def make_environment(python):
    say("Making .venv with Python {} …".format(".".join(map(str, probe(python) or ("?",)))))
    shutil.rmtree(VENV, ignore_errors=True)
    for attempt in (with_venv, with_pip_outside, with_virtualenv, with_uv, with_apt):
        if attempt(python) and has_pip(PYTHON):
            return
    fix = "install its venv module (Debian: apt install python3-venv), then `make` again."
    raise SetupError("{} cannot make environments: {}".format(python, fix))


def with_venv(python):
    return quietly([python, "-m", "venv", "--clear", VENV])


def with_pip_outside(python):
    """Debian's Python without python3-venv makes environments that lack only pip."""
    return quietly([python, "-m", "venv", "--clear", "--without-pip", VENV]) and quietly(
        [python, "-m", "pip", "--python", PYTHON, "install", "--disable-pip-version-check", "pip"]
    )


def with_virtualenv(python):
    tool = shutil.which("virtualenv")
    return tool is not None and quietly([tool, "--clear", "--python", python, VENV])


def with_uv(python):
    tool = shutil.which("uv")
    return tool is not None and quietly([tool, "venv", "--clear", "--seed", "--python", python, VENV])


def with_apt(python):
    if not can_install_system_packages():
        return False
    say("Installing Debian's python3-venv with apt-get …")
    return install_system_package("python3-venv") and with_venv(python)


def has_pip(python):
    return quietly([python, "-m", "pip", "--version"])


# --- packages and assets


def set_up_packages():
    with open(LOCK, encoding="utf-8") as lock:
        count = sum(1 for line in lock if line[:1].isalnum())
    say("Installing {} packages …".format(count))
    # Compiling everything, tools included, would double the wait: see compile_modules.
    install = [*pip(PYTHON), "install", "--no-deps", "--no-compile"]
    loudly([*install, "--require-hashes", "-r", LOCK], "The packages could not be installed")
    # Our own package is linked, not copied, with the builder that the lock file brought.
    loudly(
        [*install, "--no-index", "--no-build-isolation", "--editable", ROOT],
        "Regulars itself could not be installed",
    )


def compile_modules():
    """Compile what Regulars runs on now: where Python may not write later, each start would do it again."""
    packages = glob.glob(os.path.join(glob.escape(VENV), "lib", "python3*", "site-packages"))[0]
    paths = [os.path.join(packages, name) for name in RUNNING]
    env = plain_env()
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    own = [path for path in [*paths, os.path.join(ROOT, "regulars")] if os.path.exists(path)]
    quietly([PYTHON, "-m", "compileall", "-q", "-j", "0", "-x", "/(tests|locale)/", *own], env=env)


def pip(python):
    """pip as the person has configured it: which index it uses is theirs to say."""
    return [python, "-m", "pip", "--disable-pip-version-check", "--no-input"]


def build_assets():
    """The desk's CSS, scripts and icons; the builder knows by itself when nothing changed."""
    builder = os.path.join(ROOT, "ui", "build.py")
    if os.path.exists(builder) and subprocess.call([PYTHON, builder], cwd=ROOT) != 0:
        raise SetupError("the assets could not be built.")


def compile_translations():
    """The words of the interface in its languages, as gettext reads them."""
    tool = os.path.join(ROOT, "tools", "translations.py")
    loudly([PYTHON, tool, "compile"], "The translations could not be compiled")


def collect_static():
    """Gather all static files under their final, hashed names."""
    made_from = static_fingerprint()
    stamp = os.path.join(STATIC, ".made-from")
    try:
        with open(stamp, encoding="utf-8") as file:
            if file.read() == made_from:
                return
    except OSError:
        pass
    env = plain_env()
    # Settings are only read here: they must not make a key or a data folder.
    env.update(REGULARS_SECRET_KEY="set-up", DATA_DIR=TOOLS)
    loudly(
        [PYTHON, os.path.join(ROOT, "manage.py"), "collectstatic", "--noinput", "--clear", "--verbosity=0"],
        "The static files could not be gathered",
        env=env,
    )
    with open(stamp, "w", encoding="utf-8") as file:
        file.write(made_from)


def static_fingerprint():
    digest = hashlib.sha256(file_hash(LOCK).encode())
    for folder in sorted(glob.glob(os.path.join(glob.escape(ROOT), "regulars", "*", "static"))):
        for base, _, names in sorted(os.walk(folder)):
            for name in sorted(names):
                path = os.path.join(base, name)
                seen = os.stat(path)
                digest.update(
                    "{} {} {}\n".format(path, seen.st_size, seen.st_mtime_ns).encode("utf-8", "replace")
                )
    return digest.hexdigest()


def set_up_browser():
    """The browser tests need a Chromium."""
    if any(shutil.which(name) for name in BROWSERS) or playwright_has_browser():
        return
    if shutil.which("apt-get") and can_install_system_packages():
        say("Installing Debian's chromium for the browser tests …")
        if install_system_package("chromium"):
            return
    say("Getting a Chromium through playwright for the browser tests …")
    if not quietly([PYTHON, "-m", "playwright", "install", "chromium"]):
        fix = "Install one (Debian: apt install chromium), then `make test`."
        say("No Chromium here: the browser tests will fail. " + fix)


def playwright_has_browser():
    folder = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or os.path.expanduser("~/.cache/ms-playwright")
    return bool(glob.glob(os.path.join(glob.escape(folder), "chromium*", "*", "*chrom*")))


# --- running programs


def can_install_system_packages():
    return shutil.which("apt-get") is not None and (os.geteuid() == 0 or bool(sudo()))


def sudo():
    tool = shutil.which("sudo")
    return [tool, "-n"] if tool and quietly([tool, "-n", "true"]) else []


def install_system_package(name):
    before = [] if os.geteuid() == 0 else sudo()
    env = dict(plain_env(), DEBIAN_FRONTEND="noninteractive")
    install = [*before, "apt-get", "install", "-y", "--no-install-recommends", name]
    return quietly(install, env=env) or (
        quietly([*before, "apt-get", "update"], env=env) and quietly(install, env=env)
    )


def plain_env():
    """Without what would make another Python, or a user-wide pip, mix into the environment."""
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV")
    }
    env["PIP_USER"] = "0"
    env["PIP_ROOT_USER_ACTION"] = "ignore"
    return env


def quietly(command, env=None):
    """Did it work?"""
    try:
        return (
            subprocess.call(
                command,
                env=env or plain_env(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            == 0
        )
    except OSError:
        return False


def loudly(command, failure, env=None):
    """Run it; only when it fails is its output shown, and only the end of that."""
    with tempfile.TemporaryFile() as output:
        code = subprocess.call(
            command,
            env=env or plain_env(),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        if code == 0:
            return
        output.seek(0)
        lines = output.read().decode("utf-8", "replace").splitlines()
    for line in lines[-TAIL:]:
        sys.stderr.write("  {}\n".format(line))
    full = any("No space left on device" in line for line in lines)
    raise SetupError("{}: {}".format(failure, "the disk is full." if full else "see the lines above."))


def say(line):
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
