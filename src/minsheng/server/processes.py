"""Children that never outlive their parent, as Linux allows it."""

import ctypes
import os
import signal
import socket
import threading
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(*, by: signal.Signals, parent: int | None = None) -> None:
    """Ask the kernel to send `by` to this process when its parent dies. `parent` closes the gap in which it has died already.

    The kernel forgets the wish when the process changes its user, and watches the *thread* that made the child: call it after setuid,
    in a child that the main thread started.
    """
    if _libc.prctl(PR_SET_PDEATHSIG, int(by), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), by)


def child_setup(*, by: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn` for Popen, which runs it after setuid: the child gets `by` when we die, and starts with no signal blocked."""
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("start children from the main thread: the kernel ends them when the thread that started them ends")
    parent = os.getpid()

    def setup() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        die_with_parent(by=by, parent=parent)

    return setup


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
