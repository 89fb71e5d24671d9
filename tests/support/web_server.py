"""A real web server for files: nginx, with what can be right and wrong with such servers at addresses of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .ports import free_port

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
START_SECONDS = 30.0

CONFIGURATION = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  log_format parts '$status $body_bytes_sent $uri'; access_log {folder}/access.log parts;
  client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3; uwsgi_temp_path {folder}/4;
  scgi_temp_path {folder}/5;
  root {folder}/files; keepalive_requests 100000;
  server {{
    listen 127.0.0.1:{port};
    location /whole/ {{ alias {folder}/files/; max_ranges 0; }}
    location /slow/ {{ alias {folder}/files/; limit_rate 1m; }}
    location /onward/ {{ rewrite ^/onward/(.*)$ /$1 redirect; }}
    location /away/ {{ return 302 http://localhost:{port}/map.fits; }}
    location /astray/ {{ return 302 "http://localhost:{port}\\@127.0.0.1:{port}/map.fits"; }}
    location /nowhere/ {{ return 302 "http://127.0.0.1:99999/map.fits"; }}
    location /round/ {{ return 302 /round/map.fits; }}
    location /refused/ {{ return 403; }}
    location /failing/ {{ return 503; }}
    location /odd/ {{ return 418; }}
    location /locked/ {{ alias {folder}/files/; auth_basic "maps"; auth_basic_user_file {folder}/users; }}
    location /token/ {{ alias {folder}/files/; if ($arg_token != "secret") {{ return 401; }} }}
  }}
  server {{
    listen 127.0.0.1:{secure_port} ssl; ssl_certificate {folder}/certificate.pem; ssl_certificate_key {folder}/key.pem;
  }}
}}
"""


@dataclass(frozen=True)
class WebServer:
    """A web server that is running."""

    folder: Path
    port: int
    secure_port: int

    @property
    def files(self) -> Path:
        """The folder of what it serves."""
        return self.folder / "files"

    def url(self, path: str) -> str:
        """Return the address of a file."""
        return f"http://127.0.0.1:{self.port}/{path}"

    def sent(self) -> list[tuple[int, int, str]]:
        """Return status, bytes and path of each answer so far. They are logged a moment later: another one is waited for."""
        marker = f"/marker-{time.monotonic_ns()}"
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(f"GET {marker} HTTP/1.0\r\n\r\n".encode())
            connection.recv(100)
        while marker not in (text := (self.folder / "access.log").read_text()):
            pass
        lines = (line.split(maxsplit=2) for line in text.splitlines() if "/marker-" not in line)
        return [(int(status), int(size), path) for status, size, path in lines]


@contextmanager
def web_server(folder: Path) -> Iterator[WebServer]:
    """Run a web server; its files and its log are in a folder."""
    server = WebServer(folder, free_port(), free_port())
    server.files.mkdir()
    folder.chmod(0o755)
    server.files.chmod(0o755)
    (folder / "users").write_text("reader:{PLAIN}p@ss word\n")
    subject = ["-subj", "/CN=127.0.0.1", "-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run(
        ["openssl", "req", "-x509", "-nodes", "-newkey", "rsa:2048", "-days", "2", *subject], capture_output=True, check=True
    )
    written = CONFIGURATION.format(folder=folder, port=server.port, secure_port=server.secure_port)
    if os.getuid() == 0:
        written = f"user root; {written}"  # the folders of tests are for their owner alone
    (folder / "nginx.conf").write_text(written)
    with running([str(NGINX), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")], server.port):
        yield server


@contextmanager
def running(command: list[str], port: int) -> Iterator[None]:
    """Run a program from when it listens."""
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        try:
            give_up_at = time.monotonic() + START_SECONDS
            while not _listens(port):
                assert process.poll() is None, command
                assert time.monotonic() < give_up_at, command
                time.sleep(0.02)
            yield
        finally:
            process.terminate()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
