"""封存: what is sealed opens only with its key, in its row, unaltered; and is found by its blind index."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.sealing import Keyring, SealBroken

OLD, NEW, INDEX = ("k1", b"1" * 32), ("k2", b"2" * 32), b"i" * 32
RING = Keyring(keys=[NEW, OLD], index_key=INDEX)


@given(st.text(), st.binary(max_size=40))
def test_what_is_sealed_opens(text: str, context: bytes) -> None:
    sealed = RING.seal(text, context=context)
    assert RING.open(sealed, context=context) == text
    assert RING.open(memoryview(sealed), context=context) == text
    assert len(text) < 4 or text.encode() not in sealed


def test_sealing_twice_gives_different_bytes() -> None:
    assert RING.seal("13800000001", context=b"") != RING.seal("13800000001", context=b"")


def test_another_row_does_not_open_it() -> None:
    sealed = RING.seal("13800000001", context=b"requester:1:phone")
    with pytest.raises(SealBroken) as caught:
        RING.open(sealed, context=b"requester:2:phone")
    assert "打不开" in caught.value.zh
    assert "13800000001" not in str(caught.value)


def test_every_altered_byte_is_noticed() -> None:
    sealed = RING.seal("13800000001", context=b"c")
    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(SealBroken):
            RING.open(bytes(altered), context=b"c")


@given(st.binary(max_size=80))
def test_any_bytes_are_refused_in_words(noise: bytes) -> None:
    with pytest.raises(SealBroken) as caught:
        RING.open(noise, context=b"")
    assert caught.value.zh and caught.value.en


def test_keys_rotate() -> None:
    before = Keyring(keys=[OLD], index_key=INDEX).seal("王**", context=b"c")
    assert RING.open(before, context=b"c") == "王**"
    assert RING.is_old(before)
    assert not RING.is_old(RING.seal("王**", context=b"c"))
    with pytest.raises(SealBroken, match="k1"):
        Keyring(keys=[NEW], index_key=INDEX).open(before, context=b"c")


def test_a_wrong_key_of_the_same_id_is_noticed() -> None:
    with pytest.raises(SealBroken):
        Keyring(keys=[("k2", b"x" * 32)], index_key=INDEX).open(RING.seal("a", context=b""), context=b"")


def test_the_blind_index_finds_equal_values_and_tells_nothing() -> None:
    index = RING.blind_index("13800000001", kind="phone")
    assert index == RING.blind_index(" １３８ 0000 0001 ", kind="phone")
    assert index != RING.blind_index("13800000002", kind="phone")
    assert index != RING.blind_index("13800000001", kind="identity")
    assert index != Keyring(keys=[NEW], index_key=b"j" * 32).blind_index("13800000001", kind="phone")
    assert len(index) == 32


@pytest.mark.parametrize(
    ("keys", "index_key"),
    [([], INDEX), ([("k", b"short")], INDEX), ([NEW], b"short"), ([NEW, ("k2", b"3" * 32)], INDEX), ([("", b"2" * 32)], INDEX), ([("k", INDEX)], INDEX)],
)
def test_a_keyring_that_cannot_be_right_is_refused(keys: list[tuple[str, bytes]], index_key: bytes) -> None:
    with pytest.raises(ValueError, match="key"):
        Keyring(keys=keys, index_key=index_key)
