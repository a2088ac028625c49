"""Addresses of the pages."""

from django.urls import path

from minsheng.web import plates
from minsheng.web.citizen import filing, judging, offline, reading
from minsheng.web.desk import case, entering, printing, worklist

urlpatterns = [
    path("", reading.home, name="home"),
    path("hall", reading.the_hall, name="hall"),
    path("new", filing.new, name="new"),
    path("filed", filing.filed, name="filed"),
    path("find", reading.find, name="find"),
    path("display", reading.display, name="display"),
    path("cases/<code>", reading.case, name="case"),
    path("cases/<code>/rate", judging.rate, name="rate"),
    path("cases/<code>/urge", judging.urge, name="urge"),
    path("cases/<code>/supplement", judging.supplement, name="supplement"),
    path("cases/<code>/withdraw", judging.withdraw, name="withdraw"),
    path("cases/<code>/mine-too", reading.case, name="mine-too"),
    path("cases/<code>/photos/<digest>", filing.photo, name="photo"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path("sw.js", offline.worker, name="worker"),
    path("offline", offline.offline, name="offline"),
    path("outbox", offline.outbox, name="outbox"),
    path("token", offline.token, name="token"),
    path("p", plates.plate, name="plate-number"),
    path("p/", plates.plate),
    path("p/<typed>", plates.plate, name="plate"),
    path("P/<typed>", plates.plate),  # as the code holds it: capitals make it smaller (domain/plates.py)
    path("desk", worklist.worklist, name="desk"),
    path("desk/plates", printing.plates, name="plates"),
    path("desk/signin", entering.sign_in, name="signin"),
    path("desk/signout", entering.sign_out, name="signout"),
    path("desk/cases/<code>", case.show, name="desk-case"),
    path("desk/cases/<code>/moves", case.move, name="desk-move"),
    path("desk/cases/<code>/reveal", case.reveal, name="desk-reveal"),
]
