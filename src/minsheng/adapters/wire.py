"""一问一答: one HTTP exchange with a service that answers in JSON. Every way in which it can fail is one error, `Silent`, without what was sent."""

import json
import secrets
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

MOST = 1024 * 1024  # bytes of an answer


class Silent(Exception):
    """No answer that can be used. The words name the trouble and the host, never an address with its keys."""


def ask(
    url: str, *, method: str = "POST", body: bytes = b"", media_type: str = "application/json", headers: dict[str, str] | None = None, timeout: float = 30
) -> Any:
    """The JSON that comes back with a status of 2xx; `Silent` for everything else."""
    status, content = exchange(url, method=method, body=body, media_type=media_type, headers=headers or {}, timeout=timeout)
    host = urlsplit(url).netloc
    if not 200 <= status < 300:
        raise Silent(f"{host} answered {status}")
    try:
        return json.loads(content)
    except ValueError:
        raise Silent(f"{host} answered something that is no JSON") from None


def exchange(url: str, *, method: str, body: bytes, media_type: str, headers: dict[str, str], timeout: float) -> tuple[int, bytes]:
    """Status and content of any answer; `Silent` where there is none."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Silent("the address must begin with http:// or https://")
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=timeout)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, body=body, headers={"Content-Type": media_type, "Accept": "application/json", **headers})
        answer = connection.getresponse()
        return answer.status, answer.read(MOST)
    except (OSError, HTTPException) as wrong:
        raise Silent(f"{parts.netloc}: {type(wrong).__name__}") from wrong
    finally:
        connection.close()


def form(fields: dict[str, str], *, file: tuple[str, str, str, bytes]) -> tuple[bytes, str]:
    """A multipart form with one file (field, name, type, content): the body and its media type."""
    boundary = secrets.token_hex(16)
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()]
    field, name, media_type, content = file
    parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\nContent-Type: {media_type}\r\n\r\n'.encode())
    return b"".join([*parts, content, f"\r\n--{boundary}--\r\n".encode()]), f"multipart/form-data; boundary={boundary}"
