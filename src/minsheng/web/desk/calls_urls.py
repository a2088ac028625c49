"""Addresses of the hotline desk."""

from django.urls import path

from minsheng.web.desk import calls, calls_list

urlpatterns = [
    path("desk/calls", calls.desk, name="desk-calls"),
    path("desk/calls/live", calls.live, name="desk-calls-live"),
    path("desk/calls/seat", calls.seat, name="desk-calls-seat"),
    path("desk/calls/do", calls.act, name="desk-calls-do"),
    path("desk/calls/beside", calls.beside, name="desk-calls-beside"),
    path("desk/calls/knowledge", calls.knowledge, name="desk-calls-knowledge"),
    path("desk/calls/all", calls_list.listed, name="desk-calls-all"),
    path("desk/calls/<int:number>", calls_list.show, name="desk-call"),
    path("desk/calls/<int:number>/save", calls.save, name="desk-calls-save"),
    path("desk/calls/<int:number>/do", calls_list.act, name="desk-call-do"),
    path("desk/calls/<int:number>/recording", calls_list.recording, name="desk-call-recording"),
    path("desk/dial", calls_list.dial, name="desk-dial"),
]
