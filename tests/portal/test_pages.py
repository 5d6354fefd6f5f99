"""Every page of the journey: strict policy, headers, accessible forms, weight, and words when something is wrong."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles import finders
from django.template import TemplateSyntaxError, engines
from django.test import Client, RequestFactory
from django.urls import reverse

from portal import failures
from portal.people.models import User
from tests.people import PASSWORD, QUICK_HASHERS, make_patient
from tests.portal.people.journey import post, prove_again, signed_in, with_totp

pytestmark = pytest.mark.django_db

REPOSITORY = Path(__file__).resolve().parents[2]
OPEN_PAGES = ["home", "account_login", "account_signup", "account_request_login_code", "account_reset_password"]
OPEN_PAGES += ["account_inactive", "account_password_reset_completed"]
OWN_PAGES = ["people:account", "account_email", "account_change_password", "account_logout", "mfa_index"]
OWN_PAGES += ["usersessions_list", "mfa_list_webauthn", "account_reauthenticate"]
PROVEN_PAGES = ["mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"]
WEIGHT_LIMIT = 60 * 1024


class Reader(HTMLParser):
    """Collects what a strict policy forbids, what pages load, and which fields have no label."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def of(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.tags if tag in tags]

    def forbidden(self) -> list[str]:
        found = [f"<{tag} {name}>" for tag, attrs in self.tags for name in attrs if name == "style" or name[:2] == "on"]
        found += ["<style>"] * len(self.of("style"))
        scripts = self.of("script")
        return found + ["<script>" for one in scripts if "src" not in one and one.get("type") != "application/json"]

    def loaded(self) -> list[str]:
        sheets = [link["href"] for link in self.of("link") if link.get("rel") == "stylesheet"]
        return sheets + [script["src"] for script in self.of("script") if "src" in script]

    def unlabelled(self) -> list[str]:
        labelled = {label.get("for") for label in self.of("label")}
        fields = [one for one in self.of("input", "select", "textarea") if one.get("type") not in ("hidden", "submit")]
        return [one.get("name", "?") for one in fields if one.get("id") not in labelled and "aria-label" not in one]


@pytest.fixture
def jane(settings) -> User:
    settings.PASSWORD_HASHERS = QUICK_HASHERS
    return make_patient("jane@x.example")


@pytest.fixture
def journey(jane) -> dict[str, str]:
    """Return every page of the journey as HTML, by name."""
    pages = {name: Client().get(reverse(name)) for name in OPEN_PAGES}
    client = signed_in(jane)
    pages |= {name: client.get(reverse(name)) for name in OWN_PAGES}
    prove_again(client, password=PASSWORD)
    pages |= {name: client.get(reverse(name)) for name in PROVEN_PAGES}
    pages |= _pages_on_the_way(jane)
    assert {name: page.status_code for name, page in pages.items() if page.status_code != 200} == {}
    return {name: page.content.decode() for name, page in pages.items()}


def _pages_on_the_way(jane: User) -> dict:
    code, reset, signup, second = Client(), Client(), Client(), Client()
    post(code, "account_request_login_code", email=jane.email)
    post(reset, "account_reset_password", email=jane.email)
    post(signup, "account_signup", email="new@x.example", password1="four words of nothing")
    with_totp(jane)
    post(second, "account_login", login=jane.email, password=PASSWORD)
    return {
        "a wrong password": post(Client(), "account_login", login=jane.email, password="x"),
        "an empty form": post(Client(), "account_login"),
        "account_confirm_login_code": code.get(reverse("account_confirm_login_code")),
        "account_confirm_password_reset_code": reset.get(reverse("account_confirm_password_reset_code")),
        "account_email_verification_sent": signup.get(reverse("account_email_verification_sent")),
        "mfa_authenticate": second.get(reverse("mfa_authenticate")),
    }


def test_pages_hold_no_inline_script_or_style(journey):
    assert {name: found for name, html in journey.items() if (found := Reader(html).forbidden())} == {}


def test_pages_stand_in_our_own_page_with_one_heading(journey):
    for name, html in journey.items():
        reader = Reader(html)
        assert any("brand" in link.get("class", "") for link in reader.of("a")), name
        assert len(reader.of("h1")) == 1, name
        assert re.search(r"<title>\S[^<]+ – Lightbox</title>", html), name


def test_every_field_has_a_label_above_it(journey):
    assert {name: found for name, html in journey.items() if (found := Reader(html).unlabelled())} == {}


def test_everything_a_page_names_is_there(journey):
    for html in journey.values():
        for address in Reader(html).loaded():
            assert finders.find(address.removeprefix("/static/")), address


def test_pages_weigh_little(journey):
    for name, html in journey.items():
        files = [Path(finders.find(address.removeprefix("/static/"))) for address in Reader(html).loaded()]
        weight = len(gzip.compress(html.encode())) + sum(len(gzip.compress(file.read_bytes())) for file in files)
        assert weight <= WEIGHT_LIMIT, (name, weight)


def test_policy_is_strict(client):
    policy = client.get(reverse("account_login"))["Content-Security-Policy"]
    directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert directives["default-src"] == directives["object-src"] == directives["base-uri"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == directives["form-action"] == "'self'"
    assert directives["frame-ancestors"] == "'none'"
    assert directives["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in policy
    assert directives["report-uri"] == reverse("health:policy-report")


def test_pages_travel_compressed(client):
    path = reverse("account_login")
    plain, packed = client.get(path), client.get(path, headers={"accept-encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 2
    assert b"<h1" in gzip.decompress(packed.content)


@pytest.mark.parametrize("path", ["/", "/nothing-here/", "/accounts/login/", "/account/"])
def test_headers_of_every_answer(client, path):
    headers = client.get(path).headers
    assert "no-store" in headers["Cache-Control"]
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Server" not in headers
    assert "Clear-Site-Data" not in headers


def test_first_page_leads_on(client, jane):
    assert reverse("account_login") in client.get("/").content.decode()
    assert signed_in(jane).get("/")["Location"] == "/scans/"


def test_empty_form_says_what_to_type_on_top_and_at_the_field(client):
    html = post(client, "account_login").content.decode()
    assert html.count("Type your e-mail address.") == 2
    assert 'href="#id_login"' in html
    (field,) = [one for one in Reader(html).of("input") if one.get("name") == "login"]
    assert field["aria-invalid"] == "true"
    assert field["aria-describedby"] == "id_login_error"


def test_text_of_others_stays_text(client):
    html = post(client, "account_login", login='"><script>alert(1)</script>', password="x").content.decode()
    assert "<script>alert" not in html


def test_language_is_switched_by_a_form_and_stays(client):
    assert 'lang="es"' in client.get("/").content.decode()
    response = client.post(reverse("set_language"), {"language": "es", "next": "/accounts/login/"})
    assert response["Location"] == "/accounts/login/"
    assert '<html lang="es"' in client.get("/").content.decode()


@pytest.mark.parametrize(("role", "words"), [("patient", "My scans"), ("physician", "Scans"), ("staff", "Search")])
def test_menu_fits_the_role(jane, role, words):
    User.objects.update(role=role)
    html = signed_in(jane).get(reverse("people:account")).content.decode()
    menu = html[html.index('<nav class="menu"') : html.index("</nav>")]
    assert re.search(rf"</svg>\s*{words}", menu)
    assert "Sign out" in menu


def test_demo_says_that_it_is_one(client, settings):
    words = "This is a demo. The second sign-in step is not enforced here."
    assert words not in client.get("/").content.decode()
    settings.DEMO = True
    assert words in client.get("/").content.decode()


def test_clinic_phone_is_on_every_page(client, settings):
    settings.CLINIC_PHONE = "555 0100"
    for path in ("/", "/nothing-here/"):
        assert 'href="tel:555 0100"' in client.get(path).content.decode()


def test_what_is_not_there_gets_a_page_and_for_programs_a_problem(client):
    page = client.get("/nothing-here/")
    assert page.status_code == 404
    assert "Nothing here for you" in page.content.decode()
    answer = client.get("/nothing-here/", headers={"Accept": "application/json"})
    assert answer["Content-Type"] == "application/problem+json"


def test_old_form_gets_a_page_that_says_what_to_do(jane):
    client = Client(enforce_csrf_checks=True)
    response = post(client, "account_login", login=jane.email, password=PASSWORD)
    assert response.status_code == 403
    assert "load the page again" in response.content.decode()


def test_a_part_that_fails_before_any_view_gives_the_page_that_recovers_alone(rf: RequestFactory):
    from redis.exceptions import ConnectionError as RedisDown

    try:
        raise RedisDown
    except RedisDown:
        response = failures.server_error(rf.get("/scans/"))
    assert response.status_code == 503
    html = response.content.decode()
    assert '<meta http-equiv="refresh" content="5">' in html
    assert "tries again by itself" in html


def test_our_own_fault_gets_a_page(rf: RequestFactory):
    response = failures.server_error(rf.get("/scans/"))
    assert response.status_code == 500
    assert "The fault is ours" in response.content.decode()


class TestIcons:
    def draw(self, text: str, **context: str) -> str:
        return engines["django"].from_string("{% load icons %}" + text).render(context)

    def test_beside_a_word_an_icon_is_silent(self):
        assert 'aria-hidden="true"' in self.draw('{% icon "download" %}')

    def test_alone_it_has_a_name_which_stays_text(self):
        html = self.draw('{% icon "x" label=name %}', name="Close <it>")
        assert 'role="img"' in html
        assert 'aria-label="Close &lt;it&gt;"' in html

    def test_one_that_is_not_vendored_is_an_error(self):
        with pytest.raises(TemplateSyntaxError, match="tools/vendor"):
            self.draw('{% icon "no-such-icon" %}')

    def test_every_icon_and_file_that_a_template_names_is_there(self):
        texts = [path.read_text("utf-8") for path in (REPOSITORY / "templates").rglob("*.html")]
        for name in {name for text in texts for name in re.findall(r'{% icon "([^"]+)"', text)}:
            assert self.draw(f'{{% icon "{name}" %}}')
        for name in {name for text in texts for name in re.findall(r"""{% static ["']([^"']+)["']""", text)}:
            assert finders.find(name), name


def test_vendored_files_keep_their_licences():
    folders = [path for path in (django_settings.BASE_DIR / "static" / "vendor").iterdir() if path.is_dir()]
    assert len(folders) >= 2
    for folder in folders:
        assert list(folder.glob("LICENSE*")), folder.name
