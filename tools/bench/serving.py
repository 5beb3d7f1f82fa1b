"""A web server as in production with our pages and the plain ones, and clients that ask it as fast as it answers."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.dev.places import FRUGAL

HOST = "127.0.0.1"
PATIENCE = 60.0
SETTINGS = {
    "SHOPOPS_DEBUG": "off",
    "SHOPOPS_HTTPS": "off",
    "SHOPOPS_STATIC_FROM_SOURCE": "on",
    "SHOPOPS_LOG_LEVEL": "INFO",
    "SHOPOPS_LOG_FORMAT": "json",
    "PYTHONUNBUFFERED": "1",
}


@dataclass(frozen=True)
class Server:
    """A running web server."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def workers(self) -> list[int]:
        """Return the process ids of its workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(child) for child in children.split()]


@contextmanager
def serving(database_url: str, *, application: str = "tools.bench.wsgi:application") -> Iterator[Server]:
    """Run gunicorn as the demo runs it, two workers of four threads, on a database; stop it afterwards.

    :raises SystemExit: if it does not answer.
    """
    from django.conf import settings

    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"{HOST}:{port}", "--worker-class", "gthread"]
    command += ["--workers", "2", "--threads", "4", "--timeout", "60", "--no-control-socket", "--access-logfile", "-"]
    command += ["--config", "python:tools.bench.as_installed"]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "web.log"
        with log.open("wb") as stream:
            process = subprocess.Popen(
                command,
                env={
                    **FRUGAL,
                    **os.environ,
                    **SETTINGS,
                    "DATABASE_URL": database_url,
                    "SHOPOPS_SECRET_KEY": settings.SECRET_KEY,
                },
                stdout=stream,
                stderr=subprocess.STDOUT,
            )
        server = Server(port, process, log)
        try:
            _wait(server)
            yield server
        finally:
            process.terminate()
            process.wait()


def _wait(server: Server) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.process.poll() is None:
        try:
            ask(server, "/healthz")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"the web server does not answer:\n{server.log.read_text(encoding='utf-8')[-3000:]}")


def ask(server: Server, path: str, cookie: str = "") -> tuple[int, bytes]:
    """Ask once; return status and body."""
    connection = http.client.HTTPConnection(HOST, server.port, timeout=30)
    connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


class Client:
    """One person's browser: one connection kept open, one request after the other."""

    def __init__(self, server: Server, cookie: str, headers: Mapping[str, str] | None = None) -> None:
        self.server = server
        extra = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        self.tail = f" HTTP/1.1\r\nHost: {HOST}:{server.port}\r\nCookie: {cookie}\r\n{extra}\r\n".encode()
        self.socket: socket.socket | None = None
        self.times: list[float] = []

    def get(self, path: str) -> None:
        """Ask for a page and note how long it took.

        :raises SystemExit: if the answer is not 200.
        """
        start = time.perf_counter()
        if self.socket is None:
            self.socket = socket.create_connection((HOST, self.server.port), timeout=60)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.socket.sendall(b"GET " + path.encode() + self.tail)
            status = self._read()
        except (ConnectionError, EOFError):  # the server ended the kept connection while nobody asked
            self.close()
            self.get(path)
            return
        if status != b"200":
            raise SystemExit(f"{path} answered {status.decode()}")
        self.times.append(time.perf_counter() - start)

    def _read(self) -> bytes:
        assert self.socket is not None  # noqa: S101 -- for the type checker
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._receive()
        head, _end, body = data.partition(b"\r\n\r\n")
        lower = head.lower()
        length = int(lower.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        missing = length - len(body)
        while missing > 0:
            missing -= len(self._receive())
        if b"connection: close" in lower:
            self.close()
        return head.split(b" ", 2)[1]

    def _receive(self) -> bytes:
        assert self.socket is not None  # noqa: S101 -- for the type checker
        data = self.socket.recv(262144)
        if not data:
            raise EOFError
        return data

    def close(self) -> None:
        """Hang up."""
        if self.socket is not None:
            self.socket.close()
        self.socket = None


def times_of(server: Server, path: str, cookies: Sequence[str], *, requests: int, clients: int = 1) -> list[float]:
    """Let `clients` ask for a page at once, `requests` in all; return the seconds of each answer.

    :param cookies: one a client, used in turn.
    """
    asking = [Client(server, cookies[number % len(cookies)]) for number in range(clients)]
    failed: list[BaseException] = []

    def work(client: Client) -> None:
        try:
            for _request in range(requests // clients):
                client.get(path)
        except BaseException as error:  # noqa: BLE001 -- said by the thread that waits
            failed.append(error)
        finally:
            client.close()

    if clients == 1:
        work(asking[0])
    else:
        threads = [threading.Thread(target=work, args=(client,)) for client in asking]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if failed:
        raise failed[0]
    return [one for client in asking for one in client.times]


def percentile(times: Sequence[float], share: float) -> float:
    """Return the time within which `share` of the answers came, in milliseconds."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, round(share * len(ordered)))] * 1000
