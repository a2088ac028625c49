"""Addresses of the knowledge base. They stand before those of the articles, which take any word behind a number for what is to be done."""

from django.urls import path

from minsheng.web import article_files
from minsheng.web.desk import knowledge, knowledge_files, knowledge_missing

urlpatterns = [
    path("desk/knowledge", knowledge.index, name="desk-knowledge"),
    path("desk/knowledge/find", knowledge.find, name="desk-knowledge-find"),
    path("desk/knowledge/missing", knowledge_missing.missing, name="desk-knowledge-missing"),
    path("desk/knowledge/missing/<int:number>/<slug:what>", knowledge_missing.decide, name="desk-knowledge-miss"),
    path("desk/knowledge/<int:number>", knowledge.show, name="desk-knowledge-article"),
    path("desk/articles/<int:number>/files", knowledge_files.add, name="desk-article-files"),
    path("desk/articles/<int:number>/files/<int:file>/<slug:what>", knowledge_files.change, name="desk-article-file"),
    path("help/<slug:slug>/files/<slug:digest>", article_files.file, name="article-file"),
]
