"""The API: /api/v1, OpenAPI at /api/openapi.json."""

from ninja import NinjaAPI

api = NinjaAPI(title="民声 Minsheng", version="1")
