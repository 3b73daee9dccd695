"""A browser without a window, driven over its own protocol on the loopback."""

import json
import shutil
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from itertools import count

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE = 300  # seconds for one answer on a busy machine


def found():
    """The program, or None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Tab:
    """One page of the browser."""

    def __init__(self, address):
        from websocket import create_connection

        self.socket = create_connection(address, timeout=PATIENCE, suppress_origin=True)
        self.numbers, self.events = count(1), []
        for domain in ("Page", "Runtime", "Network"):
            self.send(f"{domain}.enable")

    def send(self, method, **params):
        """One command and its answer; what happens meanwhile is kept in `events`."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            told = json.loads(self.socket.recv())
            if told.get("id") == number:
                assert "error" not in told, told["error"]
                return told["result"]
            self.events.append(told)

    def run(self, script):
        """The value of a script, waited for."""
        found = self.send(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def open(self, path, width=1440, height=900, dark=False, scripts=True):
        """Show a file at a width, and wait for it."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.send("Emulation.setDeviceMetricsOverride", **size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", features=[scheme])
        self.send("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.events.clear()
        self.send("Page.navigate", url=path.resolve().as_uri())
        until = time.monotonic() + PATIENCE
        while not any(e.get("method") == "Page.loadEventFired" for e in self.events):
            assert time.monotonic() < until, f"{path} does not load"
            self.events.append(json.loads(self.socket.recv()))

    def requests(self):
        """The addresses that the page asked for since it was opened."""
        return [
            e["params"]["request"]["url"]
            for e in self.events
            if e.get("method") == "Network.requestWillBeSent"
        ]


@contextmanager
def browser(folder):
    """A tab of a browser whose profile is in `folder`; it ends with the block."""
    program = found()
    process = subprocess.Popen(
        [
            program,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--remote-debugging-port=0",
            "--remote-debugging-address=127.0.0.1",
            f"--user-data-dir={folder}",
            "about:blank",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        told = folder / "DevToolsActivePort"
        until = time.monotonic() + PATIENCE
        while not (told.is_file() and told.read_text().strip()):
            assert process.poll() is None and time.monotonic() < until, "the browser does not start"
            time.sleep(0.1)
        port = told.read_text().split()[0]
        with urllib.request.urlopen(
            f"http://127.0.0.1:{port}/json/list", timeout=PATIENCE
        ) as answer:
            tabs = json.load(answer)
        tab = Tab(next(t["webSocketDebuggerUrl"] for t in tabs if t["type"] == "page"))
        yield tab
        tab.socket.close()
    finally:
        process.terminate()
        process.wait(PATIENCE)
