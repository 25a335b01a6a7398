"""What axe-core has to say about a page."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page

from bot.kit.settings import ROOT

AXE = ROOT / "bot" / "web" / "node_modules" / "axe-core" / "axe.min.js"


async def serious(page: Page) -> list[str]:
    """What axe finds of impact serious or critical, in all frames, as `rule: first element and why`."""
    found: list[str] = []
    for frame in page.frames:
        await frame.evaluate(AXE.read_text())
        violations: list[dict[str, Any]] = await frame.evaluate(
            "axe.run(document, { iframes: false }).then(({ violations }) => violations)"
        )
        found += [
            f"{each['id']}: {each['nodes'][0]['html'][:200]} {each['nodes'][0]['failureSummary']}"
            for each in violations
            if each["impact"] in ("serious", "critical")
        ]
    return found
