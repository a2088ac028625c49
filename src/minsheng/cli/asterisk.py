"""`minsheng asterisk`: the bridge between an Asterisk exchange and this installation."""

import signal
from types import FrameType

import click

from minsheng.cli import local
from minsheng.cli.words import Mistyped, in_words, language, pick


@click.command()
@click.option("--to", "url", default="http://127.0.0.1:8000/api/v1/calls", show_default=True, help="the address that is told of calls")
@click.option("--check", "only_check", is_flag=True, help="only look whether Asterisk lets us in")
@language
@local.on_database
def asterisk(url: str, lang: str, *, only_check: bool) -> None:
    """Tell this installation of the calls of the exchange at MINSHENG_AMI_HOST, until it is stopped. See docs/howto/hotline.md."""
    with in_words(lang):
        _configured(lang)
        from minsheng import wiring

        if only_check:
            telephony = wiring.telephony()
            assert telephony is not None
            health = telephony.check()
            click.echo(pick(lang, health.zh, health.en))
            raise SystemExit(0 if health.ok else 1)
        bridge = wiring.asterisk_bridge(url)
        assert bridge is not None

        def end(number: int, frame: FrameType | None) -> None:
            bridge.stop()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
        click.echo(pick(lang, f"来电桥开始工作，来电会告诉 {url}", f"The bridge runs; {url} is told of calls."))
        bridge.run()


def _configured(lang: str) -> None:
    from django.conf import settings

    missing = [name for name in ("MINSHENG_AMI_HOST", "MINSHENG_CALLS_SECRET") if not getattr(settings, name)]
    if missing:
        names = "、".join(missing)
        raise Mistyped(pick(lang, f"请先设置 {names}，见 docs/howto/hotline.md。", f"Set {', '.join(missing)} first; see docs/howto/hotline.md."))
