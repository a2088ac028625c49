"""Addresses of the pages."""

from django.urls import include, path

from minsheng.web import plates
from minsheng.web.citizen import feed, filing, hall, joining, judging, maps, messages, offline, placing, ranking, reading, showing
from minsheng.web.desk import case, entering, printing, remarks, worklist

urlpatterns = [
    path("", reading.home, name="home"),
    path("hall", hall.the_hall, name="hall"),
    path("hall.atom", feed.feed, name="feed"),
    path("hall/map.json", maps.counts, name="hall-map"),
    path("places.json", maps.outlines, name="outlines"),
    path("places/at", placing.at, name="places-at"),
    path("places/suggest", placing.suggest, name="places-suggest"),
    path("rank", ranking.rank, name="rank"),
    path("rank.csv", ranking.table, name="rank-csv"),
    path("new", filing.new, name="new"),
    path("filed", filing.filed, name="filed"),
    path("find", reading.find, name="find"),
    path("display", reading.display, name="display"),
    path("cases/<code>", showing.case, name="case"),
    path("cases/<code>/rate", judging.rate, name="rate"),
    path("cases/<code>/urge", judging.urge, name="urge"),
    path("cases/<code>/supplement", judging.supplement, name="supplement"),
    path("cases/<code>/withdraw", judging.withdraw, name="withdraw"),
    path("cases/<code>/mine-too", joining.mine_too, name="mine-too"),
    path("cases/<code>/leave", joining.leave, name="leave"),
    path("cases/<code>/follow", joining.follow, name="follow"),
    path("cases/<code>/remarks", joining.remark, name="remark"),
    path("cases/<code>/remarks/<int:number>", joining.edit, name="remark-edit"),
    path("r/<word>", judging.linked, name="linked"),
    path("cases/<code>/photos/<digest>", filing.photo, name="photo"),
    path("mine/messages", messages.messages, name="messages"),
    path("mine/messages/<int:message>", messages.message, name="message"),
    path("", include("minsheng.web.citizen.account_urls")),
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
    path("desk/remarks", remarks.waiting, name="desk-remarks"),
    path("desk/remarks/<code>/<int:number>", remarks.decide, name="desk-remark"),
    path("desk/cases/<code>", case.show, name="desk-case"),
    path("desk/cases/<code>/moves", case.move, name="desk-move"),
    path("desk/cases/<code>/reveal", case.reveal, name="desk-reveal"),
]
