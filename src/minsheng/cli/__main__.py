"""`python -m minsheng.cli` is `minsheng`."""

from minsheng.cli import main

main(prog_name="minsheng")
