"""Addresses of the pages."""

from django.urls import path

from minsheng.web.citizen import files, filing, judging, reading, uploading
from minsheng.web.desk import case, entering, worklist

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
    path("cases/<code>/photos/<digest>", files.photo, name="photo"),
    path("new/transcribe", uploading.transcribe, name="transcribe"),
    path("uploads", uploading.begin, name="uploads"),
    path("uploads/<slug:ticket>", uploading.upload, name="upload"),
    path("uploads/<slug:ticket>/thumbnail", uploading.thumbnail, name="upload-thumbnail"),
    path("uploads/<slug:ticket>/file", uploading.file, name="upload-file"),
    path("desk", worklist.worklist, name="desk"),
    path("desk/signin", entering.sign_in, name="signin"),
    path("desk/signout", entering.sign_out, name="signout"),
    path("desk/cases/<code>", case.show, name="desk-case"),
    path("desk/cases/<code>/moves", case.move, name="desk-move"),
    path("desk/cases/<code>/reveal", case.reveal, name="desk-reveal"),
]
