"""大厅: what everybody may read."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from minsheng.api.errors import Problem
from minsheng.api.schemas import Code, HallPage, send
from minsheng.domain.states import Kind, State
from minsheng.queries.hall import Filters
from minsheng.queries.hall import hall as page_of

router = Router(tags=["hall"])

Cursor = Annotated[str, Field(max_length=200)]


class Wanted(BaseModel):
    """What to list."""

    district: Code | None = None
    category: Code | None = Field(None, description="a code; a shorter one means its whole branch")
    state: State | None = None
    kind: Kind | None = None
    q: str = Field("", max_length=200, description="words; all of them must occur")
    cursor: Cursor = Field("", description="`next` of the page before")
    limit: int = Field(20, ge=1, le=50)


@router.get("/hall", summary="Public requests", response={200: HallPage, 422: Problem}, operation_id="hall")
def hall(request: HttpRequest, wanted: Query[Wanted]) -> HttpResponse:
    """Newest first, released and masked text only."""
    filters = Filters(
        district=wanted.district or "", category=wanted.category or "", state=wanted.state or "", kind=wanted.kind or "", q=wanted.q,
    )  # fmt: skip
    page = page_of(filters, cursor=wanted.cursor, limit=wanted.limit)
    return send(HallPage, HallPage(page.rows, page.next), cache="public, max-age=5")
