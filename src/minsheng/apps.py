"""The one Django app: the package itself."""

from django.apps import AppConfig


class MinshengConfig(AppConfig):
    """民声."""

    name = "minsheng"
    label = "minsheng"
    verbose_name = "民声"
    default_auto_field = "django.db.models.BigAutoField"
