import pytest

from portal.privacy.masks import mask_account, mask_all, mask_email, mask_identity, mask_mobile


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        (mask_identity, "110105194912310022", "110105********0022"),
        (mask_identity, "E12345678", "****5678"),
        (mask_mobile, "13812340000", "138****0000"),
        (mask_mobile, "010-66668888", "****8888"),
        (mask_account, "6222020200012341234", "****1234"),
        (mask_account, "1234", "****"),
        (mask_email, "liu@example.cn", "l***@example.cn"),
        (mask_email, "not an address", "****"),
        (mask_all, "anything", "****"),
    ],
)
def test_mask_shows_just_this(mask, value, shown):
    assert mask(value) == shown
