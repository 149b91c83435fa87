"""Takes the picture of both bots for the README: ``python -m tests.e2e.report_picture``.

It shows the report that ``remanso evaluate --personas`` wrote last.
"""

from __future__ import annotations

from playwright.sync_api import sync_playwright

from bot.settings import ROOT
from bot.training.test_suite import browser as find_browser
from tests.e2e.conftest import FLAGS
from tests.e2e.desk_pictures import page, save

REPORT = ROOT / "evaluation" / "reports" / "personas.html"
SIZE = {"width": 1100, "height": 524}


def main() -> None:
    """Take the picture: what became of the customers, and their moods."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=find_browser(lambda line: None), args=FLAGS
        )
        with page(chromium, REPORT.as_uri(), SIZE) as opened:
            cards = opened.locator(".cards").first
            opened.locator(".js-plotly-plot .main-svg").nth(3).wait_for(state="attached")
            cards.evaluate("node => window.scrollTo(0, node.offsetTop - 12)")
            save(opened, "personas")


if __name__ == "__main__":
    main()
