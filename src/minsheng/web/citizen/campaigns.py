"""专项整治 in public: what is dealt with as one class of matter, place by place, with the day that was promised for each."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from minsheng.queries import campaigns
from minsheng.web import frame

PAGE = 20


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Those that run; with ?over=1 those that have ended."""
    over = request.GET.get("over") == "1"
    found = campaigns.page(running=not over, cursor=request.GET.get("cursor", ""), limit=PAGE)
    more = {"cursor": found.next} | ({"over": "1"} if over else {})
    following = reverse("campaigns") + "?" + urlencode(more) if found.next else None
    return frame.page(request, "citizen/campaigns.html", {"rows": found.rows, "over": over, "next": following})


@require_safe
def one(request: HttpRequest, code: str) -> HttpResponse:
    """One of them: goal, progress, every place with owner, day, plan and what was done; the requests it came from."""
    return frame.page(request, "citizen/campaign.html", {"told": campaigns.one(code)})
