"""The grid worker on a phone."""
