"""The real web server, started as `regulars serve` starts it, and a signed-in browser's requests to it."""

import contextlib
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice

import httpx
import psutil

STORE = "bench"
START_SECONDS = 60
# What htmx says when it wants a part of a page.
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


@contextlib.contextmanager
def served() -> Iterator[tuple[str, float, int]]:
    """`regulars serve` on the data folder of this process: its address, the seconds it took to answer, its pid."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began = time.monotonic()
    server = subprocess.Popen(
        [sys.executable, "-m", "regulars.cli.main", "serve", "--no-demo", f"--port={port}"],
        stdout=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )
    try:
        address = f"http://localhost:{port}"
        while not _answers(address):
            if server.poll() is not None or time.monotonic() - began > START_SECONDS:
                raise SystemExit("regulars bench: the web server does not start")
            time.sleep(0.02)
        yield address, time.monotonic() - began, server.pid
    finally:
        server.terminate()
        server.wait(timeout=60)


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def sign_in(address: str, email: str, password: str) -> httpx.Cookies:
    """The cookies of somebody who signed in through the page."""
    with httpx.Client(base_url=address, follow_redirects=True, timeout=30) as browser:
        page = browser.get("/accounts/login/")
        form = {"login": email, "password": password, "csrfmiddlewaretoken": _token(page.text)}
        answer = browser.post(
            "/accounts/login/", data=form, headers={"Referer": f"{address}/accounts/login/"}
        )
        if answer.status_code != 200 or "/accounts/login" in str(answer.url):
            raise SystemExit(f"regulars bench: signing in failed ({answer.status_code})")
        return browser.cookies


def _token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    return found[1] if found else ""


class Desk:
    """A browser on the desk of the store, with one open connection."""

    def __init__(self, address: str, cookies: httpx.Cookies) -> None:
        self.address, self.cookies = address, cookies
        self.browser = self._browser()

    def _browser(self) -> httpx.Client:
        return httpx.Client(base_url=self.address, cookies=self.cookies, timeout=60)

    def times(self, urls: Sequence[str], count: int, *, part: bool = False) -> tuple[float, float]:
        """The median and the 95th percentile in ms of so many requests, after the first addresses were warmed once."""
        self.browser.headers = httpx.Headers(PART if part else {})
        for url in urls[:10]:
            self._get(self.browser, url)
        taken = []
        for url in islice(cycle(urls), count):
            began = time.perf_counter()
            self._get(self.browser, url)
            taken.append((time.perf_counter() - began) * 1000)
        return round(statistics.median(taken), 1), round(percentile(taken, 95), 1)

    def per_second(self, urls: Sequence[str], *, clients: int = 8, seconds: float = 5) -> float:
        """Pages a second with so many browsers at once, each asking again as soon as it has its answer."""
        until = time.monotonic() + seconds
        done = [0] * clients

        def work(number: int) -> None:
            with self._browser() as browser:
                for url in islice(cycle(urls), number, None):
                    if time.monotonic() > until:
                        return
                    self._get(browser, url)
                    done[number] += 1

        workers = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
        began = time.monotonic()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return round(sum(done) / (time.monotonic() - began), 1)

    @staticmethod
    def _get(browser: httpx.Client, url: str) -> None:
        answer = browser.get(url)
        if answer.status_code != 200:
            raise SystemExit(f"regulars bench: {url} answered {answer.status_code}")


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many percent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def memory_of_workers(supervisor: int) -> float:
    """The resident memory in MB of the largest web process; without what it shares with the others."""
    family = psutil.Process(supervisor).children(recursive=True)
    webs = [one for one in family if "web" in one.cmdline() and one.children()]
    workers = [child for one in webs for child in one.children()]
    return round(max((_memory(one) for one in workers), default=0.0), 1)


def _memory(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 1024**2


def watched(run: Callable[[], subprocess.Popen[bytes]], *, seconds: float = 1800) -> tuple[float, float, int]:
    """Run a program to its end: seconds, peak resident memory in MB of it and its children, exit code."""
    began, peak = time.monotonic(), 0.0
    process = run()
    seen = psutil.Process(process.pid)
    while process.poll() is None and time.monotonic() - began < seconds:
        with contextlib.suppress(psutil.Error):
            family = [seen, *seen.children(recursive=True)]
            peak = max(peak, sum(_memory(one) for one in family if "postgres" not in one.name()))
        time.sleep(0.25)  # looking costs too: every process of the machine is read
    return time.monotonic() - began, round(peak, 1), process.wait()
