"""Writes, named by verb: one verb, one function, one transaction. Doors parse and call; nothing else changes a case."""
