"""数字: three rates, promises kept, volumes; every rate with what it is made of."""

from datetime import date, timedelta
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, ConfigDict, Field

from minsheng import clock
from minsheng.api import auth
from minsheng.api.errors import Problem
from minsheng.api.schemas import Code, Figures, send
from minsheng.domain.errors import BadInput
from minsheng.queries import statistics

router = Router(tags=["figures"], auth=auth.STAFF)

Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2200, 1, 1))]


class Wanted(BaseModel):
    """Which days (both inclusive; the last 30 where none is given), of whom."""

    model_config = ConfigDict(populate_by_name=True)

    start: Day | None = Field(None, alias="from")
    end: Day | None = Field(None, alias="to")
    unit: Code | None = None
    district: Code | None = None
    category: Code | None = Field(None, description="a category of the first level")


@router.get("/figures", summary="Figures", response={200: Figures, 401: Problem, 422: Problem}, operation_id="figures")
def figures(request: HttpRequest, wanted: Query[Wanted]) -> HttpResponse:
    """三率、按时率、件数, up to `cutoff`. A rate is null where nobody was asked."""
    end = wanted.end or clock.local(clock.now()).date()
    start = wanted.start or end - timedelta(days=29)
    if start > end:
        raise BadInput(field="from", zh="开始的日子在结束之后，请换一下。", en="The start lies after the end.")
    if start > clock.local(clock.now()).date():
        raise BadInput(field="from", zh="还没到那一天，没有数字。", en="That day has not come yet.")
    found = statistics.figures(start=start, end=end, unit=wanted.unit or "", district=wanted.district or "", category=wanted.category or "")
    return send(Figures, found)
