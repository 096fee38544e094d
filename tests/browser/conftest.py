"""Drives a real JupyterLab in a real browser, and tells what a reader would see, hear and wait for.

    def test_the_lab_answers(open_notebook):
        lab = open_notebook("04_pooling")
        lab.run_all()
        lab.drag(lab.page.get_by_role("slider").first, right=60)
        lab.page.get_by_text("kernel size 3").wait_for()
        assert not lab.console_errors and not lab.foreign_requests

Every folder that is read or written is temporary, and the notebook is a copy. Without a chromium the tests are skipped.
Wait for what the reader would see, never for a time.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SECONDS = 120  # how long any one thing may take
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
LOOPBACK = ("127.0.0.1", "localhost", "::1")
COLOUR = r"\x1b\[[0-9;]*m"
INSTALL = {"darwin": "brew install --cask google-chrome", "win32": "winget install Google.Chrome"}
BROWSERS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge"),
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"${ProgramFiles}\Google\Chrome\Application\chrome.exe",
    r"${LocalAppData}\Google\Chrome\Application\chrome.exe",
    r"${ProgramFiles(x86)}\Microsoft\Edge\Application\msedge.exe",
)
FOLDERS = (
    *("HOME", "USERPROFILE", "MPLCONFIGDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "JUPYTER_CONFIG_DIR"),
    *("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"),
)

OPEN = """async path => {
    const app = window.jupyterapp;
    await app.restored;
    const panel = await app.commands.execute("docmanager:open", {path, factory: "Notebook"});
    await panel.context.ready;
    await panel.sessionContext.ready;
}"""
RUN = """() => jupyterapp.commands.execute("notebook:run-all-cells")"""
CELLS = """() => [...jupyterapp.shell.currentWidget.content.model.cells].map(cell => cell.toJSON())"""
FRAMES = "() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
LATE = """seconds => new Promise((_, refuse) => setTimeout(() => {
    const question = document.querySelector(".jp-Dialog")?.innerText;
    refuse(Error(`not done after ${seconds} s` + (question ? `; JupyterLab asks: ${question}` : "")));
}, 1000 * seconds))"""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark every test of this folder as a browser test."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def chromium():
    """Path of a Chromium, Chrome or Edge; skips without one, or fails where REQUIRE_BROWSER=1 asks for it."""
    named = os.environ.get("CHROMIUM")
    names = [named] if named else map(os.path.expandvars, BROWSERS)
    if path := next(filter(None, map(shutil.which, names)), None):
        return path
    if named:
        pytest.fail(f"CHROMIUM={named} is not a program: name the browser's path, or unset CHROMIUM")
    command = INSTALL.get(sys.platform, "sudo apt-get install chromium")
    missing = pytest.fail if os.environ.get("REQUIRE_BROWSER") == "1" else pytest.skip
    missing(f"no Chromium found: install one with `{command}`, or set CHROMIUM to its path")


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """Make a temporary home; as a dictionary of the environment variables that lead programs into it.

    IPython's folder is the one of the whole test run: its startup file keeps kernels off the network.
    """
    home = tmp_path_factory.mktemp("home")
    for name in FOLDERS:
        (home / name.lower()).mkdir()
    return {name: str(home / name.lower()) for name in FOLDERS}


@pytest.fixture(scope="session")
def jupyter_server(home, tmp_path_factory):
    """Start JupyterLab of this interpreter on a free port of 127.0.0.1, with a token and nobody's settings.

    Gives `.url`, `.token`, `.folder` (where notebooks are put) and `.api(method, path)`.
    """
    folder = tmp_path_factory.mktemp("notebooks")
    settings = Path(home["JUPYTERLAB_SETTINGS_DIR"], "@jupyterlab", "apputils-extension")
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
    server = {"ip": "127.0.0.1", "port": 0, "open_browser": False, "root_dir": str(folder)}
    if AS_ROOT:  # tests in a container; a reader's own server keeps Jupyter's refusal to run as root
        server["allow_root"] = True
    config = {"ServerApp": server, "LabApp": {"expose_app_in_browser": True, "extension_manager": "readonly"}}
    Path(home["JUPYTER_CONFIG_DIR"], "jupyter_server_config.json").write_text(json.dumps(config))

    kept = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    kept["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), kept.get("PYTHONPATH")]))
    log, runtime = folder.parent / "server.log", Path(home["JUPYTER_RUNTIME_DIR"])
    with log.open("w") as out:
        command = [sys.executable, "-m", "jupyterlab"]
        process = subprocess.Popen(command, env=kept | home, cwd=folder, stdout=out, stderr=subprocess.STDOUT)
    try:
        until = time.monotonic() + SECONDS
        while not any(runtime.glob("jpserver-*-open.html")):  # written after the .json
            if process.poll() is not None or time.monotonic() > until:
                pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")
            time.sleep(0.1)
        info = json.loads(next(runtime.glob("jpserver-*.json")).read_text())

        def api(method, path):
            request = Request(info["url"] + path, method=method, headers={"Authorization": f"token {info['token']}"})
            with urlopen(request, timeout=SECONDS) as answer:
                return json.loads(answer.read() or "null")

        yield SimpleNamespace(url=info["url"], token=info["token"], folder=folder, api=api)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")  # not longer: while Playwright is open, no other test can use asyncio.run
def browser(chromium, home):
    """Start one browser for a file of tests; it can reach no host but this one."""
    from playwright.sync_api import expect, sync_playwright

    flags = ["--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
    expect.set_options(timeout=SECONDS * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=flags, env=dict(os.environ) | home, chromium_sandbox=not AS_ROOT
        )
        yield browser
        browser.close()


class LabPage:
    """A notebook open in JupyterLab: `.page` is Playwright's page, the rest is what a test asks of it."""

    def __init__(self, page):
        self.page, self.console_errors, self.foreign_requests = page, [], []
        page.on("console", lambda said: said.type == "error" and self.console_errors.append(said.text))
        page.on("pageerror", lambda error: self.console_errors.append(str(error)))
        page.on("websocket", lambda socket: self._watch(socket.url))
        page.context.on("request", lambda request: self._watch(request.url))

    def _watch(self, url):
        if urlsplit(url).scheme in ("http", "https", "ws", "wss") and urlsplit(url).hostname not in LOOPBACK:
            self.foreign_requests.append(url)

    def wait(self, script, argument=None):
        """Evaluate a JavaScript function and await what it promises, with the limit that `page.evaluate` lacks."""
        return self.page.evaluate(f"argument => Promise.race([({script})(argument), ({LATE})({SECONDS})])", argument)

    def run_all(self):
        """Run every cell and wait for the last one; an error in a cell is raised here, with its traceback."""
        self.wait(RUN)
        for number, cell in enumerate(self.page.evaluate(CELLS), 1):
            for output in cell.get("outputs", ()):
                if output["output_type"] == "error":
                    trace = "\n".join(output["traceback"])
                    raise AssertionError(f"cell {number} failed:\n" + re.sub(COLOUR, "", trace))
            if cell["cell_type"] == "code" and "".join(cell["source"]).strip():
                assert cell["execution_count"], f"cell {number} did not run"

    def drag(self, handle, right=0, down=0):
        """Drag a control with the mouse by so many pixels, in small moves as a hand does."""
        handle.hover()  # scrolls there, and waits until the page stands still
        box = handle.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.down()
        self.page.mouse.move(x + right, y + down, steps=8)
        self.page.mouse.up()

    def accessible(self, selector):
        """Tell what a screen reader is told: (role, name, value) of all inside the first match of a CSS selector.

        Chromium brings its accessibility tree up to date when it has drawn a frame.
        """
        self.wait(FRAMES)
        session = self.page.context.new_cdp_session(self.page)
        script = {"expression": f"document.querySelector({json.dumps(selector)})"}
        root = session.send("Runtime.evaluate", script)["result"]
        assert "objectId" in root, f"nothing matches {selector}"
        nodes = session.send("Accessibility.queryAXTree", {"objectId": root["objectId"]})["nodes"]
        session.detach()
        told = [tell(node) for node in nodes if not node["ignored"]]
        return [one for one in told if one[0] != "InlineTextBox" and one != ("generic", "", "")]

    def view_height(self):
        """How many pixels of the notebook are in view, from top to bottom."""
        return self.page.locator(".jp-WindowedPanel-outer").bounding_box()["height"]

    def screenshot(self, path):
        """Write what the window shows as a PNG."""
        self.page.screenshot(path=path)


def tell(node):
    """Role, name and value of a node of Chromium's accessibility tree; the value of a tick box is "true" or "false"."""
    ticks = [one["value"] for one in node.get("properties", ()) if one["name"] == "checked"]
    value = node.get("value") or next(iter(ticks), {})
    return tuple(part.get("value", "") for part in (node["role"], node.get("name", {}), value))


@pytest.fixture
def open_notebook(browser, jupyter_server):
    """`open_notebook(name, size=(1280, 900))` opens a copy of notebooks/{name}.ipynb, or of a path, as a LabPage.

    Each has a window of its own, which is closed after the test and its kernel with it.
    """
    with opener(browser, jupyter_server) as open_one:
        yield open_one


@pytest.fixture(scope="module")
def open_once(browser, jupyter_server):
    """The same, closed after the last test of a file."""
    with opener(browser, jupyter_server) as open_one:
        yield open_one


@contextmanager
def opener(browser, jupyter_server):
    contexts, paths = [], []

    def open_one(name, size=(1280, 900)):
        source = Path(name) if Path(name).is_file() else ROOT / "notebooks" / f"{name}.ipynb"
        folder = jupyter_server.folder / f"{time.monotonic_ns()}"
        folder.mkdir()
        shutil.copy(source, folder)
        paths.append(f"{folder.name}/{source.name}")
        contexts.append(browser.new_context(viewport={"width": size[0], "height": size[1]}))
        contexts[-1].set_default_timeout(SECONDS * 1000)
        lab = LabPage(contexts[-1].new_page())
        lab.page.goto(f"{jupyter_server.url}lab?reset&token={jupyter_server.token}")
        lab.page.wait_for_function("window.jupyterapp")
        lab.wait(OPEN, paths[-1])
        return lab

    yield open_one
    for context in contexts:
        context.close()
    for session in jupyter_server.api("GET", "api/sessions"):
        if session["path"] in paths:
            jupyter_server.api("DELETE", f"api/sessions/{session['id']}")
