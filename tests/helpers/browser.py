"""A page in a real browser, without a window: its console, its requests and its errors are kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


class Opened:
    """A page in the browser, and what went wrong in it."""

    def __init__(self, page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))


@pytest.fixture(scope="session")
def chromium():
    """A browser that runs."""
    playwright = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    with playwright.sync_playwright() as started:
        try:
            running = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        except playwright.Error as error:
            pytest.skip(f"chromium does not start: {str(error).splitlines()[0]}")
        yield running
        running.close()


@pytest.fixture
def opened(chromium, tmp_path):
    """Open the text of a page: ``opened(html, "#step=3").page``; it may load nothing else."""
    contexts = []

    def open_(html: str, behind: str = "", **options):
        path = Path(tmp_path, f"page{len(contexts)}.html")
        path.write_text(html, encoding="utf-8")
        context = chromium.new_context(viewport={"width": 1300, "height": 900}, **options)
        context.set_default_timeout(120_000)  # machines that are busy
        contexts.append(context)
        found = Opened(context.new_page())
        found.page.goto(path.as_uri() + behind)
        return found

    yield open_
    for context in contexts:
        context.close()
