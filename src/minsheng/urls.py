"""All addresses: the API, the pages, and the page for load balancers."""

from django.urls import include, path

from minsheng.api import api
from minsheng.web.health import health

urlpatterns = [
    path("healthz", health, name="health"),
    path("api/", api.urls),
    path("", include("minsheng.web.urls")),
]
