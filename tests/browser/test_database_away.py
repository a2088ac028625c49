"""数据库重启: somebody is writing at the desk while the database dies. A calm page, nothing lost, and the work goes on: `minsheng up` and a real browser."""

import contextlib
import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.steps import filled
from tests.cli.test_up_whole import answer, of_ours, until, up
from tests.cli.test_up_whole import port as port
from tests.cli.test_up_whole import var as var

pytestmark = pytest.mark.browser
WORDS = "物业说周四来修，居民补充了楼栋号。"


@contextlib.contextmanager
def away(var: Path) -> Iterator[None]:
    """The database dies, and again whenever it has come back, until the end of the block."""
    over = threading.Event()

    def kill() -> None:
        while not over.is_set():
            with contextlib.suppress(OSError, ValueError, IndexError):
                os.kill(int((var / "postgresql/data/postmaster.pid").read_text().split("\n", 1)[0]), signal.SIGKILL)
            time.sleep(0.05)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield
    finally:
        over.set()
        killer.join()


def test_what_was_written_while_the_database_died_is_sent_afterwards(var: Path, port: int, chromium: Browser) -> None:
    with up(var, port):
        accounts = next(var.glob("*/accounts.txt")).read_text(encoding="utf-8")
        password, who = accounts.splitlines()[0].split()[-1], re.search(r"^(\S+) +.*坐席", accounts, re.MULTILINE)
        assert who
        page = chromium.new_context(base_url=f"http://127.0.0.1:{port}", locale="zh-CN", service_workers="block").new_page()
        page.goto("/desk")
        page.locator("#username").fill(who[1])
        page.locator("#password").fill(password)
        page.get_by_role("button", name="登录").click()
        page.goto("/desk?queue=handling")
        page.goto(page.locator("#list a.t").first.get_attribute("href") or "")
        form = filled(page, "supplement", text=WORDS)
        with away(var):
            assert until(lambda: answer(port) == 503, seconds=20), "the server says that the database is away"
            form.locator("button[type=submit]").click()
            expect(page.get_by_role("heading", level=1)).to_have_text("系统正在恢复")
            expect(page.locator("main")).to_contain_text("刚才的操作如果没有看到成功提示，就没有保存")
        assert until(lambda: answer(port) == 200, seconds=60), "it is back by itself"
        page.go_back()
        form = filled(page, "supplement")
        expect(form.locator("[name=text]")).to_have_value(WORDS)
        form.locator("button[type=submit]").click()
        expect(page.locator("#journal").get_by_text(WORDS)).to_have_count(1)
    assert until(lambda: not of_ours(var), seconds=20), of_ours(var)
