"""The pure core: states, moves, clocks, facts. No Django, no clock, no files."""
