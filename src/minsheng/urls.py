"""All addresses: the API, the pages, and the page for load balancers."""

from django.urls import include, path

from minsheng.api import api
from minsheng.web.health import health

urlpatterns = [
    path("healthz", health, name="health"),
    path("api/", api.urls),
    path("", include("minsheng.web.urls")),
]

handler400 = "minsheng.web.frame.bad_request"
handler403 = "minsheng.web.frame.forbidden"
handler404 = "minsheng.web.frame.not_found"
handler500 = "minsheng.web.frame.failed"
