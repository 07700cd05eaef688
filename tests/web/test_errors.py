"""Error pages: right status, right words, nothing that tells one case from another."""

import re

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404, QueryDict
from django.test import Client, RequestFactory, override_settings
from django.urls import path

import portal.urls
from portal.people.actor import SESSION_KEY
from portal.web import errors
from portal.web.forms import read_back

pytestmark = pytest.mark.django_db


def breaks(request):
    raise RuntimeError("planted")


def hidden(request, no):
    raise Http404(f"{no} belongs to another unit")


urlpatterns = [path("breaks/", breaks), path("hidden/<no>/", hidden), *portal.urls.urlpatterns]
handler404 = "portal.web.errors.not_found"
handler500 = "portal.web.errors.server_error"


@pytest.fixture
def here():
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.mark.parametrize("signed_in", [False, True])
def test_missing_and_forbidden_records_get_the_same_bytes(here, people, signed_in):
    client = people.client("host_clerk") if signed_in else Client()
    answers = [client.get(url) for url in ("/hidden/ZY2026-0001/", "/hidden/ZY2026-0002/", "/no/such/page/")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert "没有这个页面，或您没有权限查看。" in answers[0].content.decode()


def test_a_fault_shows_a_reference_that_the_log_has(here, caplog):
    client = Client(raise_request_exception=False)
    answer = client.get("/breaks/")
    assert answer.status_code == 500
    reference = re.search(r'<strong class="code">([0-9A-F]{8})</strong>', answer.content.decode())[1]
    assert reference in caplog.text
    assert "planted" not in answer.content.decode()


def test_an_expired_form_says_how_to_keep_the_input(here, people):
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/login/", {"login": "a", "password": "b"})
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode() and "您填写的内容还在" in answer.content.decode()


def test_maintenance_and_too_many_requests_say_when():
    from tests.web.pages import AT

    request = RequestFactory().get("/")
    busy, closed = errors.too_many(request), errors.maintenance(request, AT)
    assert (busy.status_code, closed.status_code) == (429, 503)
    assert "操作太频繁，请 1 分钟后再试。" in busy.content.decode()
    assert "预计 <strong>2026年10月12日 10:00</strong> 恢复" in closed.content.decode()


def test_error_pages_need_no_request():
    assert errors._page(None, 500, "500", reference="1").status_code == 500


def test_error_pages_keep_the_large_version(here):
    client = Client()
    client.cookies["care"] = "1"
    assert '<html lang="zh-CN" class="large">' in client.get("/no/such/page/").content.decode()


def test_nobody_is_named_on_an_error_page(here, people):
    client = people.client("host_clerk")
    assert client.session[SESSION_KEY] == people.host_clerk.membership_id
    html = client.get("/no/such/page/").content.decode()
    assert people.host_clerk.name not in html and "csrf" not in html.lower()


class Typed(forms.Form):
    """One field of each kind."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    intro = forms.CharField(label="项目简介（300 字以内）")
    role = forms.ChoiceField(label="角色", choices=[("a", "负责人"), ("b", "骨干")])
    kinds = forms.MultipleChoiceField(label="类别", choices=[("n", "国家级"), ("p", "省部级"), ("c", "市级")])
    sure = forms.BooleanField(label="不含涉密内容")
    nothing = forms.CharField(label="备注", required=False)
    password = forms.CharField(label="密码", widget=forms.PasswordInput)
    file = forms.FileField(label="扫描件")


def test_what_was_typed_on_an_old_page_is_read_back_but_no_password_and_no_file():
    sent = "version=3&intro=高速主轴&role=b&kinds=n&kinds=c&sure=on&nothing=&password=secret-2026"
    form = Typed(QueryDict(sent), {"file": SimpleUploadedFile("a.pdf", b"%PDF")})
    assert read_back(form) == [
        ("项目简介", "高速主轴"), ("角色", "骨干"), ("类别", "国家级、市级"), ("不含涉密内容", "是"),
    ]  # fmt: skip
