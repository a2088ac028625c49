"""Makes this checkout importable in the virtual environment that runs it, and puts the command `minsheng` there.

What an editable install does, without a build backend to download: one path file and one script. Written only when they differ, so that
a user who may not write there can still run what another has installed.
"""

import sys
import sysconfig
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src"
# The shell finds the interpreter, so that a path with spaces or more than 127 letters works too; Python skips the quoted line.
SCRIPT = """\
#!/bin/sh
'''exec' "{python}" "$0" "$@"
'''
from minsheng.cli import main

main(prog_name="minsheng")
"""


def write(path: Path, text: str) -> None:
    """Write what is not there yet."""
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def main() -> None:
    """Write both files."""
    if sys.prefix == sys.base_prefix:
        raise SystemExit("link.py: run me with the Python of a virtual environment")
    write(Path(sysconfig.get_path("purelib")) / "minsheng.pth", f"{SOURCE}\n")
    script = Path(sys.prefix) / "bin" / "minsheng"
    write(script, SCRIPT.format(python=Path(sys.prefix) / "bin" / "python"))
    if not script.stat().st_mode & 0o100:
        script.chmod(0o755)


main()
