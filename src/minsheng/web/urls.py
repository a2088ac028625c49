"""Addresses of the pages."""

from django.urls import path

from minsheng.web.citizen import content, filing, judging, reading, suggesting
from minsheng.web.desk import articles, case, entering, worklist

urlpatterns = [
    path("", reading.home, name="home"),
    path("hall", reading.the_hall, name="hall"),
    path("new", filing.new, name="new"),
    path("new/suggest", suggesting.suggest, name="suggest"),
    path("new/preview", suggesting.preview, name="preview"),
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
    path("pages/<slug:slug>", content.page, name="page"),
    path("notices", content.notices, name="notices"),
    path("notices/<slug:slug>", content.notice, name="notice"),
    path("help", content.help_, name="help"),
    path("solved", content.solved, name="solved"),
    path("help/<slug:slug>", content.article, name="article"),
    path("help/<slug:slug>/judge", content.judge, name="article-judge"),
    path("desk/articles", articles.index, name="desk-articles"),
    path("desk/articles/new", articles.new, name="desk-article-new"),
    path("desk/articles/preview", articles.preview, name="desk-article-preview"),
    path("desk/articles/<int:number>", articles.show, name="desk-article"),
    path("desk/articles/<int:number>/<action>", articles.act, name="desk-article-act"),
    path("desk", worklist.worklist, name="desk"),
    path("desk/signin", entering.sign_in, name="signin"),
    path("desk/signout", entering.sign_out, name="signout"),
    path("desk/cases/<code>", case.show, name="desk-case"),
    path("desk/cases/<code>/moves", case.move, name="desk-move"),
    path("desk/cases/<code>/reveal", case.reveal, name="desk-reveal"),
]
