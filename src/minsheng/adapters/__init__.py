"""The far side of the ports: each file holds the real client and its double. Only `wiring` imports from here."""
