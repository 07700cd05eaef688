"""Mail without a server, and the address of a visitor behind the proxy."""

from email import message_from_bytes, policy

from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import RequestFactory

from portal.proxy import VisitorAddress


def test_mail_without_a_server_becomes_files_in_order(settings, tmp_path):
    settings.OUTBOX_DIR = tmp_path / "outbox"
    connection = get_connection("portal.web.mail.FileBackend")
    messages = [
        EmailMultiAlternatives(f"通知{n}", "正文：请于期限前提交。", "portal@x.cn", [f"a{n}@x.cn"]) for n in range(3)
    ]
    assert connection.send_messages(messages) == 3
    read = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted(settings.OUTBOX_DIR.glob("*.eml"))
    ]
    assert [(message["Subject"], message["To"]) for message in read] == [
        ("通知0", "a0@x.cn"),
        ("通知1", "a1@x.cn"),
        ("通知2", "a2@x.cn"),
    ]
    assert {message.get_content().strip() for message in read} == {"正文：请于期限前提交。"}


def address_seen(**headers):
    request = RequestFactory().get("/", REMOTE_ADDR="172.18.0.2", **headers)
    VisitorAddress(lambda request: None)(request)
    return request.META["REMOTE_ADDR"]


def test_behind_the_proxy_the_visitors_address_is_seen():
    assert address_seen(HTTP_X_REAL_IP="203.0.113.7") == "203.0.113.7"
    assert address_seen(HTTP_X_FORWARDED_FOR="198.51.100.1") == "172.18.0.2"
    assert address_seen() == "172.18.0.2"
