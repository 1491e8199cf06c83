"""A headless Chromium, and page views opened in it under watch: no dialog, no console error, no request."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from khabar.pages import Page as NewsPage
from khabar.views.page_view import write_page_view
from khabar.views.viewed import ViewedPage

#: Without a network, Chromium's own background connections would be refused, many at a time.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

#: Milliseconds before a thing that should happen is taken to have failed.
PATIENCE = 120_000

expect.set_options(timeout=PATIENCE)
OpenView = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium from CHROMIUM or the path. Without it the tests skip, or fail where KHABAR_BROWSER=required."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        missing = "no Chromium (Debian: apt-get install chromium fonts-noto-core, or CHROMIUM=/path/to/it)"
        if os.environ.get("KHABAR_BROWSER") == "required":
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def open_view(browser: Browser, tmp_path: Path) -> Iterator[OpenView]:
    """Opens the view of pages as a file; whatever it should not do fails the test at its end."""
    faults: list[str] = []
    contexts = []

    def open_it(
        *pages: NewsPage, has_text: bool = True, part: str = "", language: str = "ar", dark: bool = False
    ) -> Page:
        file = tmp_path / f"view-{len(contexts)}.html"
        write_page_view([ViewedPage(page, has_text) for page in pages], file, title="أخبار", language=language)
        size = {"width": 1280, "height": 860}
        context = browser.new_context(viewport=size, color_scheme="dark" if dark else "light")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("dialog", lambda dialog: (faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on("console", lambda message: faults.append(f"console: {message.text}"))
        page.on(
            "request", lambda request: None if request.url.startswith(file.as_uri()) else faults.append(request.url)
        )
        page.goto(file.as_uri() + part)
        page.wait_for_selector("#shown > *")
        return page

    yield open_it
    for context in contexts:
        try:
            context.close()
        except Error:
            continue
    assert faults == []
