"""Everything that can be refused, in words a clerk understands.

MinshengError
├── BadInput        a field was filled in wrongly (says which and what to do)
│   └── TooLarge    a file weighs more than may be sent
├── NotAllowed      this actor may not make this move
├── WrongState      the case is not where this move starts
│   └── Unprintable this machine cannot print: a font or a library is missing, for its administrator to install
├── Stale           somebody else was faster; the screen showed an older version
├── NotFound        no such thing, or none that this person may know of
├── TooMany         asked too often
├── NoRoom          the disk is full: for the operator to mend, for the person to try later
├── NotPublished    the calendar of that year is not known yet
├── ProfileProblem  a city's rules do not hold together (file, line, key)
└── Broken          the journal does not add up (names the first broken link)
"""


class MinshengError(Exception):
    """A refusal with plain words in Chinese and English. `status` is the HTTP status that a door answers with."""

    status = 400
    code = "refused"

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh = zh
        self.en = en

    def words(self, language: str) -> str:
        """The message in `language` ("zh…" or anything else for English)."""
        return self.zh if language.startswith("zh") else self.en


class BadInput(MinshengError):
    """填错了: one field is wrong; the words say what to do."""

    status = 422
    code = "bad_input"

    def __init__(self, *, field: str, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.field = field


class TooLarge(BadInput):
    """太大: a file weighs more than may be sent; the words say how much that is."""

    status = 413
    code = "too_large"


class NotAllowed(MinshengError):
    """无权: the actor's relation to the case does not allow this."""

    status = 403
    code = "not_allowed"


class WrongState(MinshengError):
    """环节不对: the case stands elsewhere, or a rule of the profile says no."""

    status = 409
    code = "wrong_state"


class Unprintable(WrongState):
    """印不了: the machine lacks a Chinese font or a library; the words say what its administrator installs. No fault of who asked."""

    status = 503
    code = "unprintable"


class Stale(MinshengError):
    """已被更新: the case (or the article: `zh`, `en` name it) changed since the screen was drawn."""

    status = 409
    code = "stale"

    def __init__(
        self,
        *,
        seen: int,
        version: int,
        zh: str = "同事刚刚更新了这件诉求，请看过新内容后再操作，您写的内容还在。",
        en: str = "A colleague has just updated this case. Look at the new entries and try again; what you typed is kept.",
    ) -> None:
        super().__init__(zh, en)
        self.seen = seen
        self.version = version


class NotFound(MinshengError):
    """没有找到: unknown, or not for this person to know."""

    status = 404
    code = "not_found"

    def __init__(self, zh: str = "没有找到。请核对编号是否写对。", en: str = "Not found. Please check the code.") -> None:
        super().__init__(zh, en)


class TooMany(MinshengError):
    """太频繁: a limit on how often was reached. `retry_after` in seconds."""

    status = 429
    code = "too_many"

    def __init__(self, *, retry_after: int, zh: str = "操作太频繁了，请稍后再试。", en: str = "Too many attempts. Please try again later.") -> None:
        super().__init__(zh, en)
        self.retry_after = retry_after


class NoRoom(MinshengError):
    """放不下: the disk is full. Nothing of what was there is lost."""

    status = 507
    code = "no_room"

    def __init__(self) -> None:
        super().__init__("系统的存储空间满了，文件暂时收不下，请过一会儿再传。", "There is no room for files at the moment. Please try again later.")


class NotPublished(MinshengError):
    """尚未公布: the working days of that year have not been published."""

    status = 409
    code = "not_published"

    def __init__(self, year: int) -> None:
        super().__init__(f"{year} 年的放假和调休安排还没有公布。", f"The working days of {year} are not published yet.")
        self.year = year


class ProfileProblem(MinshengError):
    """规则有误: a profile does not hold together; names file, line and key."""

    status = 422
    code = "profile"

    def __init__(self, *, file: str, line: int | None, key: str, zh: str, en: str) -> None:
        where = f"{file}:{line}" if line else file
        super().__init__(f"{where} {key}: {zh}", f"{where} {key}: {en}")
        self.file = file
        self.line = line
        self.key = key


class Broken(MinshengError):
    """账对不上: the journal was altered; `where` names the first broken link."""

    status = 500
    code = "broken"

    def __init__(self, *, where: str, zh: str, en: str) -> None:
        super().__init__(f"{where}：{zh}", f"{where}: {en}")
        self.where = where
