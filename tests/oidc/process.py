"""Starts the provider of provider.mjs and stops it again."""

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
CLIENT_ID, SECRET = "minsheng", "only-for-tests-and-long-enough-for-a-key"
NODE = os.environ.get("MINSHENG_TEST_NODE", "node")


class Provider:
    """The provider that runs at `issuer`."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def seat(self, **person: object) -> None:
        """Somebody else sits down, or the same person with other claims."""
        request = urllib.request.Request(f"{self.issuer}/person", data=json.dumps(person).encode(), method="PUT")
        urllib.request.urlopen(request).close()


@contextmanager
def running(redirect_uri: str) -> Iterator[Provider]:
    """npm oidc-provider on a free port of 127.0.0.1."""
    process = subprocess.Popen([NODE, str(HERE / "provider.mjs"), redirect_uri], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    try:
        lines = iter(process.stdout.readline, "")
        issuer = next((line.strip() for line in lines if line.startswith("http://127.0.0.1:")), None)
        assert issuer, "the provider did not start (npm ci installs it)"
        yield Provider(issuer)
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()
