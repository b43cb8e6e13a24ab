"""Print the path of a Chromium for the browser tests; install one if the machine has none.

    python -m tools.chromium

Looks at $CHROMIUM, the usual command names, the usual places on macOS, and Playwright's own download, in this order.
Where none is found it tries Playwright's download, then Debian's package.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserType

# Not needed by a page. The address bar's suggestions are pages of their own since they are drawn in HTML, and cost every
# new window more than a page of the book does. The rest is what Playwright would turn off, had we not set the list anew.
FEATURES = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades", "LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding",
    "PreconnectToSearch", "ThirdPartyStoragePartitioning",
)  # fmt: skip

# How it is started. Names outside this machine lead nowhere: a page that asks for one fails at once, online or not.
FLAGS = (
    "--no-sandbox",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--disable-features=" + ",".join(FEATURES),
)

# The shell is Chromium without a window to draw around the page, and takes two thirds of the time.
COMMANDS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def playwright_download() -> str | None:
    """The Chromium that ``playwright install`` puts on disk, if it is there."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        path = play.chromium.executable_path
    return path if Path(path).exists() else None


def find() -> str | None:
    """The path of a Chromium on this machine, or None."""
    if named := os.environ.get("CHROMIUM"):
        if shutil.which(named) is None:
            raise SystemExit(f"CHROMIUM is set to {named!r}, which is no program")
        return named
    for name in COMMANDS:
        if path := shutil.which(name):
            return path
    for place in PLACES:
        if Path(place).exists():
            return place
    return playwright_download()


@contextmanager
def launched(kind: "BrowserType") -> "Iterator[Browser]":
    """This machine's Chromium, started; closed at the end."""
    path = find()
    if path is None:
        raise FileNotFoundError("no Chromium found; `python -m tools.chromium` installs one")
    browser = kind.launch(executable_path=path, args=FLAGS)
    try:
        yield browser
    finally:
        browser.close()


def install() -> None:
    """Install a Chromium; what the installers say goes to stderr, where it shows progress."""
    attempts = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get"):
        root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        attempts.append([*root, "apt-get", "update", "-q"])
        attempts += [[*root, "apt-get", "install", "-y", "-q", package] for package in ("chromium-headless-shell", "chromium")]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in attempts:
        print("No Chromium yet:", " ".join(command), file=sys.stderr)
        done = subprocess.run(command, stdout=sys.stderr, env=quiet, check=False)
        if done.returncode == 0 and find():
            return


def main() -> None:
    path = find()
    if path is None:
        install()
        path = find()
    if path is None:
        raise SystemExit("No Chromium found and none could be installed: install one, or set CHROMIUM to its path")
    print(path)


if __name__ == "__main__":
    main()
