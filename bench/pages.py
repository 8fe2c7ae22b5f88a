"""First loads of ``/m``, ``/f``, ``/b`` and ``/``: bytes over the wire without pictures and tiles, and Lighthouse's scores.

A real server with the demo on loopback, the system's Chromium. Lighthouse comes from the npm registry into ``var/``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from bench._serving import ROOT, serving

CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), "")
FLAGS = ["--no-sandbox", "--headless=new", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
LIGHTHOUSE = "lighthouse@13.5.0"


def main() -> dict[str, Any]:
    """Run all; returns figures by page."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {"TAMEMAP_DATA_DIR": folder, "TAMEMAP_DATABASE_URL": "", "TAMEMAP_TILE_URL": ""}
        with serving("tamemap", "run", environment=environment) as port:
            base = f"http://127.0.0.1:{port}"
            with urllib.request.urlopen(f"{base}/api/v1/maps/hitoyoshi/flyers?limit=1", timeout=10) as answer:
                flyer = json.load(answer)["items"][0]["url"]
            named = ("/m/hitoyoshi", "/m/hitoyoshi-kuma", "/b/hitoyoshi-hiroba", "/")
            pages = {"/f/…": base + flyer} | {path: base + path for path in named}
            return {name: {**weigh(address), **lighthouse(address, Path(folder))} for name, address in pages.items()}


def weigh(address: str) -> dict[str, float]:
    """Kilobytes as they came over the wire (compressed, with headers) on a first visit, by kind; pictures apart."""
    seen: dict[str, tuple[str, str]] = {}
    sizes: dict[str, float] = {}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=[flag for flag in FLAGS if "headless" not in flag])
        page = browser.new_page(viewport={"width": 412, "height": 915}, service_workers="block")
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.responseReceived", lambda e: seen.update({e["requestId"]: (e["response"]["url"], e["type"])}))
        wire.on("Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]}))
        page.goto(address, wait_until="networkidle")
        browser.close()
    pictures = sum(sizes[one] for one, (_, kind) in seen.items() if kind == "Image" and one in sizes)
    rest = sum(sizes[one] for one, (_, kind) in seen.items() if kind != "Image" and one in sizes)
    return {"kB": round(rest / 1000, 1), "pictures kB": round(pictures / 1000, 1), "requests": len(sizes)}


def lighthouse(address: str, folder: Path) -> dict[str, float]:
    """Lighthouse's mobile figures: performance and accessibility of 100, largest paint and shift."""
    out = folder / "lighthouse.json"
    npm = Path(sys.executable).parent / "npx"
    command = [str(npm), "--yes", LIGHTHOUSE, address, "--quiet", "--output=json", f"--output-path={out}",
               "--only-categories=performance,accessibility,best-practices,seo", f"--chrome-flags={' '.join(FLAGS)}"]  # fmt: skip
    environment = os.environ | {"CHROME_PATH": CHROMIUM, "npm_config_cache": str(ROOT / "var" / "npm"),
                                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if not out.exists():
        raise RuntimeError(done.stderr[-2000:])
    report = json.loads(out.read_text())
    out.unlink()
    scores = {name: round((part["score"] or 0) * 100) for name, part in report["categories"].items()}
    audits = report["audits"]
    return scores | {
        "LCP s": round(audits["largest-contentful-paint"]["numericValue"] / 1000, 2),
        "TBT ms": round(audits["total-blocking-time"]["numericValue"]),
        "CLS": round(audits["cumulative-layout-shift"]["numericValue"], 3),
    }


if __name__ == "__main__":
    print(json.dumps(main(), indent=1, ensure_ascii=False))
