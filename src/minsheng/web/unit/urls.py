"""Addresses of the grid worker's phone."""

urlpatterns: list[object] = []
