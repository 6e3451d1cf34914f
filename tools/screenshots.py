"""The pictures of README and guide, taken from the product itself: `make screenshots`.

Builds the embedded company just after an incident, walks the app's journey in Chromium, opens JupyterLab on it and runs a session,
and looks at the report that the journey ends with. Everything on this machine; any request beyond it is an error.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode

from PIL import Image, ImageOps
from playwright.sync_api import Page, sync_playwright

from akika_forensics import reports
from akika_forensics.case.opening import init_vault
from akika_forensics.cli.embedded import after_an_incident
from akika_forensics.quickbooks.authorize import App, SigningIn
from akika_forensics.quickbooks.doorstep import Doorstep
from akika_forensics.quickbooks.endpoints import endpoints_of
from akika_forensics.quickbooks.redirect_page import redirect_page
from akika_forensics.settings import Secret
from akika_forensics.twin import Twin, serve
from akika_forensics.vault import KdfCost
from akika_widgets.workbench.serving import serve_app
from akika_widgets.workbench.shared import Shared
from akika_widgets.workbench.sign_in import TokenSignIn

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
]
WIDE = {"width": 1280, "height": 860}
NARROW = {"width": 420, "height": 860}
LOW = {"width": 860, "height": 520}


def main() -> int:
    browser_path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser_path is None:
        print("No Chromium on this machine, so no pictures are taken.")
        return 0
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="akika-pictures-") as place, sync_playwright() as playwright:
        os.environ["AKIKA_STATE_DIR"] = str(Path(place) / "state")
        os.environ.pop("AKIKA_PASSPHRASE", None)
        browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        # Pictures are alike on every machine: the zone and the language are those of the browser, not of its user.
        _connecting(browser)
        _first_page(browser, Path(place) / "empty")
        with after_an_incident(Path(place) / "company", lambda _line: None) as company:
            _lab(browser, company)
            _app(browser, company)
            _report(browser, company)
        browser.close()
    return 0


@contextmanager
def _page(browser: Any, *, dark: bool = False, narrow: bool = False, low: bool = False) -> Iterator[Page]:
    context = browser.new_context(
        viewport=NARROW if narrow else LOW if low else WIDE,
        color_scheme="dark" if dark else "light",
        locale="en-US",
        timezone_id="UTC",
    )
    page = context.new_page()
    outside: list[str] = []
    page.on("request", lambda request: _listen(request.url, outside))
    page.set_default_timeout(60_000)
    yield page
    context.close()
    if outside:
        raise SystemExit(f"asked beyond this machine: {outside}")


def _listen(url: str, outside: list[str]) -> None:
    if url.startswith(("http", "ws")) and "//127.0.0.1" not in url and "//localhost" not in url:
        outside.append(url)


def _shot(page: Page, name: str, *, full: bool = False) -> None:
    page.wait_for_timeout(500)
    path = OUT / f"{name}.png"
    page.screenshot(path=str(path), full_page=full)
    # A palette is enough for a page of text, and a third of the size.
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"docs/images/{name}.png")


# -- connecting ----------------------------------------------------------------------------------------------------------


def _connecting(browser: Any) -> None:
    """The twin's page of consent, what the browser shows when it is back, and the page with the line to paste."""
    with serve(Twin(company_name="Craig's Design and Landscaping Services")) as server, Doorstep() as doorstep:
        known = server.credentials
        app = App(server.base_url, endpoints_of(server.base_url), known.client_id, Secret(known.client_secret))
        signing_in = SigningIn(app, doorstep.redirect_uri)
        waiting = Thread(target=doorstep.wait, args=(signing_in,))
        waiting.start()
        with _page(browser, low=True) as page:
            page.goto(signing_in.address)
            _shot(page, "connect-consent")
            _press(page, "Connect")
            page.get_by_text("You can close this window").wait_for()
            _shot(page, "connect-back")
            waiting.join()
        own = f"{server.base_url}/akika/"
        with _page(browser, low=True) as page:
            page.route(f"{own}**", lambda route: route.fulfill(content_type="text/html", body=redirect_page()))
            made_up = {"code": "AB11732634567made0up0for0this0picture", "state": "made-up-for-this-picture"}
            page.goto(f"{own}?{urlencode({**made_up, 'realmId': server.realm_id})}")
            _shot(page, "connect-line")


def _first_page(browser: Any, folder: Path) -> None:
    """The workbench on a vault that has no company yet."""
    case = init_vault(folder / "vault", Secret("made up for this picture"), recovery_sheet=None, cost=KdfCost.CHEAP)
    shared = Shared(case, folder / "plans")
    with serve_app(shared, sign_in=TokenSignIn("Dana")) as server, _page(browser) as page:
        page.goto(server.url)
        page.get_by_label("Client id of the app").fill("ABmade0up0for0this0picture")
        page.get_by_label("Client secret of the app").fill("made up too")
        _shot(page, "app-connect")


# -- the app -------------------------------------------------------------------------------------------------------------


def _app(browser: Any, company: Any) -> None:
    shared = Shared(company.case, company.folder / "plans")
    with serve_app(shared, sign_in=TokenSignIn("Dana")) as server:
        with _page(browser) as page:
            page.goto(server.url)
            _journey(page, company)
        with _page(browser) as page:
            page.goto(server.url)
            _books(page)
        with _page(browser, dark=True) as page:
            page.goto(server.url)
            _to(page, "What changed")
            _shot(page, "app-dark")
        with _page(browser, narrow=True) as page:
            page.goto(server.url)
            _to(page, "The plan")
            _shot(page, "app-narrow")


def _to(page: Page, stage: str) -> None:
    page.get_by_role("navigation").get_by_role("button", name=stage).click()
    page.get_by_role("heading", level=1, name=stage).wait_for()


def _press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()


def _books(page: Page) -> None:
    """A statement with its picture, and what one of its figures is made of."""
    _to(page, "Books")
    _press(page, "Read the books")
    page.get_by_role("img", name="Balance sheet by month").wait_for()
    page.get_by_text("Reading the books").first.wait_for()
    _press(page, "Balance sheet")
    page.wait_for_timeout(1500)
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    _shot(page, "app-books")
    _press(page, "Total Accounts Receivable")
    page.get_by_role("table", name="Postings").locator("tr[data-row]").nth(2).click()
    page.get_by_text("SHA-256 as received").wait_for()
    _shot(page, "app-books-figure", full=True)


def _first_hour(page: Page) -> None:
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
    page.get_by_label("When it began").last.fill(f"{began:%Y-%m-%dT%H:%M:%SZ}")
    page.get_by_label("What it is, in a few words").fill("Paid invoices are gone")
    _press(page, "Begin the list")
    page.get_by_text("What expires when").first.wait_for()
    _press(page, "Done: Ask everybody to sign out")
    page.get_by_role("button", name="Open again: Ask everybody to sign out").wait_for()
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    _shot(page, "app-first-hour")


def _journey(page: Page, company: Any) -> None:
    _to(page, "First hour")
    _first_hour(page)
    _to(page, "Company")
    _press(page, "Use s1 as the state before")
    _press(page, "Use s2 as the state after")
    page.get_by_role("button", name="Go on to: What changed").wait_for()
    _shot(page, "app-company")
    _press(page, "Go on to: What changed")
    page.get_by_role("heading", level=1, name="What changed").wait_for()
    _press(page, "Choose all that somebody changed")
    page.get_by_role("button", name="Go on to: What hangs on it").wait_for()
    _shot(page, "app-changed")
    _press(page, "Go on to: What hangs on it")
    page.get_by_role("heading", level=1, name="What hangs on it").wait_for()
    page.wait_for_timeout(1500)
    _shot(page, "app-hanging")
    _press(page, "Seen; go on to the plan")
    page.get_by_role("heading", level=1, name="The plan").wait_for()
    page.get_by_role("button", name="Make a plan").or_(page.get_by_role("button", name="Make the plan")).first.click()
    _press(page, "Rehearse the plan")
    page.get_by_role("button", name="Go on to: Approve").wait_for()
    _shot(page, "app-plan")
    _press(page, "Go on to: Approve")
    page.get_by_role("heading", level=1, name="Approve").wait_for()
    _shot(page, "app-approve")
    digest = next(iter(sorted((company.folder / "plans").glob("*.plan"))))
    held = company.case.plans.load(digest)
    page.get_by_label("Who signs").select_option("Dana")
    page.get_by_label("Passphrase of the signer's own key").fill(company.signer_file.read_text().strip())
    page.get_by_label("The first 6 characters of the digest").fill(held.plan.digest[:6])
    _press(page, "Sign the approval")
    page.get_by_role("button", name="Go on to: Execute").wait_for()
    _press(page, "Go on to: Execute")
    page.get_by_role("heading", level=1, name="Execute").wait_for()
    _shot(page, "app-execute")
    page.get_by_role("button", name="Write ").first.click()
    page.get_by_role("button", name="Go on to: Verified").wait_for()
    _press(page, "Go on to: Verified")
    page.get_by_role("heading", level=1, name="Verified").wait_for()
    _press(page, "Verify now")
    page.get_by_role("button", name="Verify again").wait_for()
    _shot(page, "app-verified")


# -- JupyterLab ----------------------------------------------------------------------------------------------------------


def _lab(browser: Any, company: Any) -> None:
    environment = {
        **os.environ,
        "AKIKA_VAULT": str(company.vault),
        "AKIKA_PASSPHRASE_FILE": str(company.passphrase_file),
    }
    command = [sys.executable, "-m", "akika_forensics", "lab", "--dir", str(company.folder / "lab"), "--no-browser"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        url = process.stdout.readline().strip() if process.stdout else ""
        with _page(browser) as page:
            page.goto(url)
            page.locator(".jp-MarkdownOutput, .jp-RenderedMarkdown, .jp-Notebook").first.wait_for()
            page.wait_for_timeout(2500)
            _shot(page, "lab-start")
            _run_session(page)
            _shot(page, "lab-session")
    finally:
        process.terminate()
        process.wait(30)


def _report(browser: Any, company: Any) -> None:
    plan = next(iter(sorted((company.folder / "plans").glob("*.plan"))))
    final = company.case.snapshots()[-1].id
    parameters = {"vault": str(company.vault), "before": "s1", "after": "s2", "final": final, "plan": str(plan)}
    made = reports.run("restore_verification", parameters, company.folder / "report", passphrase=company.passphrase)
    with _page(browser) as page:
        page.goto(made.html.as_uri())
        page.set_viewport_size({"width": 1160, "height": 1250})
        _shot(page, "report")
    pdftoppm = shutil.which("pdftoppm")
    if made.pdf and pdftoppm:
        prefix = company.folder / "page"
        subprocess.run([pdftoppm, "-r", "80", "-png", "-f", "1", "-l", "8", str(made.pdf), str(prefix)], check=True)
        pages = sorted(company.folder.glob("page-*.png"))
        _side_by_side([pages[0], *pages[5:8]][:3], OUT / "report-pdf.png")


def _side_by_side(files: list[Path], path: Path) -> None:
    """Pages of paper next to one another, each with a hairline around it."""
    pages = [ImageOps.expand(Image.open(file).convert("RGB"), border=1, fill="#c9ced4") for file in files]
    width = sum(page.width for page in pages) + 16 * (len(pages) - 1)
    sheet = Image.new("RGB", (width, max(page.height for page in pages)), "white")
    left = 0
    for page in pages:
        sheet.paste(page, (left, 0))
        left += page.width + 16
    sheet.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"docs/images/{path.name}")


def _run_session(page: Page) -> None:
    page.get_by_text("Investigate an incident").or_(page.get_by_text("investigate_an_incident")).first.click()
    page.wait_for_timeout(3000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.locator(".akika").first.wait_for()
    page.wait_for_timeout(12_000)
    page.get_by_role("heading", name="What it did to the accounts").first.scroll_into_view_if_needed()


if __name__ == "__main__":
    raise SystemExit(main())
