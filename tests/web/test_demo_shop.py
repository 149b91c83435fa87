"""The demo shop: another origin with a strict policy."""

import warnings

import pytest

from bot.web import demo_shop

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

pytestmark = pytest.mark.server


@pytest.fixture
def shop(settings):
    return TestClient(demo_shop.create_app(settings))


def test_page_embeds_the_widget_from_the_gateways_address(shop, settings):
    page = shop.get("/").text
    assert f'<script src="{settings.public()}/widget.js"' in page
    assert demo_shop.GATEWAY not in page


def test_policy_is_strict_and_lets_only_the_gateway_in(shop, settings):
    policy = shop.get("/").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert f"connect-src {settings.public()} ws://127.0.0.1:8080" in policy
    assert "connect-src https://c.example wss://c.example" in demo_shop.policy("https://c.example")


def test_its_files_are_served(shop):
    answer = shop.get("/shop.css")
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"]
    assert shop.get("/nothing.css").status_code == 404
