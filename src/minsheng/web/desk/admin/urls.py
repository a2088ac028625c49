"""Addresses of the administration."""

from django.urls import path

from minsheng.web.desk.admin import acts, days, importing, items, jobs, profile, users

urlpatterns = [
    path("desk/admin", items.index, {"kind": "units"}, name="admin"),
    path("desk/admin/users", users.index, name="admin-users"),
    path("desk/admin/users/new", users.new, name="admin-user-new"),
    path("desk/admin/users/<int:number>", users.show, name="admin-user"),
    path("desk/admin/users/<int:number>/hand", users.hand, name="admin-user-hand"),
    path("desk/admin/users/undo/<int:number>", users.undo, name="admin-user-undo"),
    path("desk/admin/calendar", days.show, name="admin-calendar"),
    path("desk/admin/calendar/undo/<int:number>", days.undo, name="admin-calendar-undo"),
    path("desk/admin/calendar/<day>/clear", days.clear, name="admin-calendar-clear"),
    path("desk/admin/import", importing.index, name="admin-import"),
    path("desk/admin/import/<int:number>", importing.apply, name="admin-import-apply"),
    path("desk/admin/import/cases", importing.try_cases, name="admin-cases"),
    path("desk/admin/import/cases/<int:number>", importing.begin_cases, name="admin-cases-begin"),
    path("desk/admin/export/<slug:kind>", importing.export, name="admin-export"),
    path("desk/admin/profile", profile.show, name="admin-profile"),
    path("desk/admin/acts", acts.index, name="admin-acts"),
    path("desk/admin/acts/export", acts.export, name="admin-acts-export"),
    path("desk/admin/jobs/<int:number>/report", importing.report, name="admin-report"),
    path("desk/admin/jobs/<int:number>", jobs.show, name="admin-job"),
    path("desk/admin/undo/<int:number>", items.undo, name="admin-undo"),
    path("desk/admin/<slug:kind>", items.index, name="admin-items"),
    path("desk/admin/<slug:kind>/new", items.new, name="admin-new"),
    path("desk/admin/<slug:kind>/<key>", items.item, name="admin-item"),
    path("desk/admin/<slug:kind>/<key>/<action>", items.act, name="admin-act"),
]
