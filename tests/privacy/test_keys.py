"""The key ring: sealed values open only unchanged, in their place, under a listed key."""

import base64

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from portal.privacy.keys import CannotOpen, blind_index, key_ring, normalised

ONE, TWO = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
PLACE = "funding_bankaccount:account_no:6f1c"


@pytest.fixture(params=["aes-256-gcm", "sm4-gcm"])
def ring(request, settings):
    settings.FIELD_KEYS, settings.FIELD_CIPHER = f"1:{ONE}", request.param
    return key_ring()


def test_sealed_value_opens_in_its_place(ring):
    sealed = ring.seal("11010519491231002X", PLACE)
    assert ring.open(sealed, PLACE) == "11010519491231002X"
    assert b"1101051949" not in sealed
    assert len(sealed) == 2 + 12 + 18 + 16


def test_same_text_is_never_sealed_twice_alike(ring):
    assert ring.seal("13800000000", PLACE) != ring.seal("13800000000", PLACE)


def test_value_moved_to_another_row_cannot_be_opened(ring):
    with pytest.raises(CannotOpen):
        ring.open(ring.seal("13800000000", PLACE), "funding_bankaccount:account_no:7a2d")


@pytest.mark.parametrize("place", range(0, 2 + 12 + 11 + 16, 5))
def test_altered_value_cannot_be_opened(ring, place):
    sealed = bytearray(ring.seal("13800000000", PLACE))
    sealed[place] ^= 1
    with pytest.raises(CannotOpen):
        ring.open(bytes(sealed), PLACE)


@given(st.binary(max_size=40))
def test_arbitrary_bytes_cannot_be_opened(sealed):
    with pytest.raises(CannotOpen):
        key_ring().open(sealed, PLACE)


def test_newest_key_seals_and_older_ones_still_open(settings):
    settings.FIELD_KEYS = f"1:{ONE}"
    old, index = key_ring().seal("622200001234", PLACE), blind_index("622200001234", "bank-account")
    settings.FIELD_KEYS = f"1:{ONE},2:{TWO}"
    assert key_ring().open(old, PLACE) == "622200001234"
    assert key_ring().is_current(old) is False
    assert key_ring().seal("622200001234", PLACE)[:2] == bytes([1, 2])
    assert blind_index("622200001234", "bank-account") == index, "adding a key must change no index"
    settings.FIELD_KEYS = f"2:{TWO}"
    with pytest.raises(CannotOpen):
        key_ring().open(old, PLACE)


def test_values_of_either_cipher_open_after_the_setting_changes(settings):
    settings.FIELD_KEYS, settings.FIELD_CIPHER = f"1:{ONE}", "aes-256-gcm"
    sealed = key_ring().seal("13800000000", PLACE)
    settings.FIELD_CIPHER = "sm4-gcm"
    assert key_ring().open(sealed, PLACE) == "13800000000"
    assert key_ring().is_current(sealed) is False


def test_index_ignores_how_a_number_was_typed():
    assert blind_index("１１０１０５ 19491231-002x", "identity") == blind_index("11010519491231002X", "identity")


def test_index_differs_by_purpose_key_and_value(settings):
    here = blind_index("11010519491231002X", "identity")
    assert blind_index("11010519491231002X", "bank-account") != here
    assert blind_index("440524188001010014", "identity") != here
    settings.FIELD_KEYS = f"1:{TWO}"
    assert blind_index("11010519491231002X", "identity") != here


def test_empty_value_has_no_index():
    with pytest.raises(ValueError, match="empty"):
        blind_index(" - ", "identity")


@given(st.text(alphabet="0123456789Xxａ１２　 -", max_size=30))
def test_normalising_twice_changes_nothing_more(text):
    assert normalised(normalised(text)) == normalised(text)


@pytest.mark.parametrize(
    "keys", ["", "1", "1:short", f"0:{ONE}", f"256:{ONE}", f"1:{ONE},1:{TWO}", f"one:{ONE}", "1:" + ONE[:-8]]
)
def test_unusable_key_lists_are_refused(settings, keys):
    settings.FIELD_KEYS = keys
    with pytest.raises(ImproperlyConfigured):
        key_ring()


def test_unknown_cipher_is_refused(settings):
    settings.FIELD_CIPHER = "rot13"
    with pytest.raises(ImproperlyConfigured, match="aes-256-gcm, sm4-gcm"):
        key_ring()
