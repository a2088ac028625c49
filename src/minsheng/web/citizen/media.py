"""照片、视频、录音 of a form: those that have come already, by their tickets, and those that come with the form itself, where a browser runs no scripts."""

from collections import Counter
from types import SimpleNamespace as Row
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.urls import reverse

from minsheng import wiring
from minsheng.commands import uploads
from minsheng.domain import media
from minsheng.domain.errors import BadInput
from minsheng.queries import rules as rulebook
from minsheng.queries import uploads as queries
from minsheng.web import shown

#: Field of the form → kind.
FIELDS = {"photos": "photo", "video": "video", "audio": "audio"}
MOST = sum(media.COUNT.values())
#: What a form without scripts may weigh: what the server takes in at once (conf/base.py), less what is written in it.
FORM_MB = 9


class Media:
    """What comes with this form. Each file is taken in once, also when the form comes back with an error."""

    def __init__(self, request: HttpRequest) -> None:
        self.tickets = request.POST.getlist("kept")[:MOST]
        self._sent = [(kind, file) for field, kind in FIELDS.items() for file in request.FILES.getlist(field)]

    def take_in(self) -> tuple[str, ...]:
        """Upload tickets of everything, or BadInput on photos, video or audio."""
        self._finish()
        kept = Counter(one.kind for one in queries.waiting(self.tickets))
        sent = Counter(kind for kind, _file in self._sent)
        for field, kind in FIELDS.items():
            if kept[kind] + sent[kind] > media.COUNT[kind]:
                self._sent = [(other, file) for other, file in self._sent if other != kind]
            media.count(kind, kept[kind] + sent[kind], field=field)
        while self._sent:
            kind, file = self._sent.pop(0)
            self.tickets.append(_store(kind, file))
        return tuple(self.tickets)

    def _finish(self) -> None:
        """A file that has come whole and was not looked at yet, because the form was faster than its page."""
        for one in queries.coming(self.tickets):
            if not one.whole:
                raise BadInput(field="photos", zh="还有文件没传完，等传完再提交。", en="A file has not come whole yet: please wait for it.")
            uploads.finish(one.ticket, redraw=wiring.redraw, recast=wiring.recast, parts=wiring.parts(), blobs=wiring.blobs())

    def shown(self) -> list[Row]:
        """What the form shows when it comes back: what still waits. What a case has taken or a day has taken away has to be chosen again."""
        return rows(self.tickets)


def _store(kind: str, file: "UploadedFile[Any]") -> str:
    """One file that came with the form; a video goes the way of all videos, in pieces."""
    if kind == "photo":
        return uploads.store(file.read(), redraw=wiring.redraw, blobs=wiring.blobs()).ticket
    ticket, offset = uploads.begin(kind, size=file.size or 0), 0
    for piece in file.chunks(media.MB):
        offset = uploads.receive(ticket, offset=offset, content=piece, parts=wiring.parts())
    return uploads.finish(ticket, redraw=wiring.redraw, recast=wiring.recast, parts=wiring.parts(), blobs=wiring.blobs()).ticket


def rows(tickets: list[str]) -> list[Row]:
    """Files that wait, for templates/citizen/new/media.html."""
    numbers: Counter[str] = Counter()
    found = []
    for one in queries.waiting(tickets):
        numbers[one.kind] += 1
        found.append(
            Row(
                ticket=one.ticket,
                kind=one.kind,
                label=shown.called(one.kind, numbers[one.kind]),
                thumbnail=reverse("upload-thumbnail", args=(one.ticket,)) if one.thumbnail else "",
                file=reverse("upload-file", args=(one.ticket,)),
            )
        )
    return found


def asked() -> dict[str, object]:
    """What the form says about files and voices, beside its values."""
    return {
        "photo_limit": media.COUNT["photo"],
        "photo_mb": FORM_MB,
        "media": Row(
            most=media.COUNT,
            seconds=media.SECONDS,
            transcribes=wiring.transcriber() is not None,
            browser_voice=rulebook.today().profile.browser_voice,
        ),
    }
