"""Column types that Django does not bring."""

from typing import Any

from django.db import models


class TsVector(models.TextField):  # type: ignore[type-arg]
    """全文索引: a PostgreSQL tsvector written as a literal ('词' '路灯' 'd:340503'); tokens come from intelligence.tokens."""

    def db_type(self, connection: Any) -> str:
        return "tsvector"

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        return "%s::tsvector"
