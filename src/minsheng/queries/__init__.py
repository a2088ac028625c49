"""Reads only: typed rows, a fixed number of queries, keyset pages."""
