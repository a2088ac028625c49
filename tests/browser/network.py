"""A network that can be cut: what a browser sends goes through here to the server, or nowhere; an answer can be lost after the server has worked."""

import contextlib
import socket
import threading
from collections.abc import Iterator


class Network:
    """A port on this machine in front of the server. `mode`: open, cut (no connection), or lossy (what is asked with POST arrives, the answer does not)."""

    def __init__(self, host: str, port: int) -> None:
        self.mode = "open"
        self.lost = 0
        self._server = (host, port)
        self._door = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def url(self) -> str:
        """The address for the browser; localhost counts as safe, so service workers run."""
        return f"http://localhost:{self._door.getsockname()[1]}"

    def cut(self) -> None:
        """No network: what is open breaks off, and nothing new gets through."""
        self.mode = "cut"
        for end in list(self._open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """The network is back."""
        self.mode = "open"

    def close(self) -> None:
        """The test is over."""
        self.cut()
        with contextlib.suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits at the door
        self._door.close()

    def _listen(self) -> None:
        while True:
            try:
                browser, _ = self._door.accept()
            except OSError:
                return
            if self.mode == "cut":
                browser.close()
                continue
            server = socket.create_connection(self._server)
            self._open |= {browser, server}
            asked = threading.Event()
            threading.Thread(target=self._carry, args=(browser, server, asked), daemon=True).start()
            threading.Thread(target=self._answer, args=(server, browser, asked), daemon=True).start()

    def _carry(self, browser: socket.socket, server: socket.socket, asked: threading.Event) -> None:
        for piece in self._pieces(browser):
            if piece.startswith(b"POST ") and self.mode == "lossy":
                asked.set()
            try:
                server.sendall(piece)
            except OSError:
                break
        self._end(browser, server)

    def _answer(self, server: socket.socket, browser: socket.socket, asked: threading.Event) -> None:
        for piece in self._pieces(server):
            if asked.is_set():
                self.lost += 1
                break
            try:
                browser.sendall(piece)
            except OSError:
                break
        self._end(server, browser)

    def _pieces(self, end: socket.socket) -> Iterator[bytes]:
        while True:
            try:
                piece = end.recv(65536)
            except OSError:
                return
            if not piece:
                return
            yield piece

    def _end(self, *ends: socket.socket) -> None:
        for end in ends:
            self._open.discard(end)
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
