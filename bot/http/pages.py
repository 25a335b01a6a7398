"""The built front end, served with a strict Content-Security-Policy."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from bot.kit.settings import ROOT, Settings

DIST = ROOT / "bot" / "web" / "dist"

SHARED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
EMBEDDED_HEADERS = {
    # A page with `Cross-Origin-Embedder-Policy: require-corp` loads only what says that it may be loaded, and
    # only frames that promise the same of what they load.
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
_TEXTS = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".json": "application/json"}
"""Said with their charset: a script without one is read in that of the page, and that may be GBK."""
FOREVER = "public, max-age=31536000, immutable"
FRESH = "no-cache"


class NotBuilt(web.HTTPServiceUnavailable):
    """The front end has not been built."""

    def __init__(self) -> None:
        super().__init__(text="The front end is not built yet: run `make run` or `make build`.\n")


class Pages:
    """Serves the widget, its loader, the agents' desk and the shop page."""

    def __init__(self, settings: Settings, dist: Path = DIST) -> None:
        self._dist = dist.resolve()
        embedders = " ".join(["'self'", *settings.allowed_origins])
        self._widget_policy = _policy(frame_ancestors=embedders)
        self._page_policy = _policy(frame_ancestors="'none'")
        self._demo = settings.demo

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/", self.home)
        app.router.add_get("/widget.js", self.loader)
        app.router.add_get("/widget/", self.widget)
        app.router.add_get("/desk", self.desk)
        app.router.add_get("/assets/{name:.+}", self.asset)
        if self._demo:
            app.router.add_get("/shop", self.shop)

    async def home(self, _request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/shop" if self._demo else "/widget/")

    async def loader(self, _request: web.Request) -> web.StreamResponse:
        return self._file("widget.js", FRESH, embedded=True)

    async def widget(self, _request: web.Request) -> web.StreamResponse:
        return self._file("widget/index.html", FRESH, policy=self._widget_policy, embedded=True)

    async def desk(self, _request: web.Request) -> web.StreamResponse:
        return self._file("desk/index.html", FRESH, policy=self._page_policy)

    async def shop(self, _request: web.Request) -> web.StreamResponse:
        return self._file("shop/index.html", FRESH, policy=self._page_policy)

    async def asset(self, request: web.Request) -> web.StreamResponse:
        return self._file(f"assets/{request.match_info['name']}", FOREVER, embedded=True)

    def _file(
        self, name: str, cache: str, policy: str | None = None, *, embedded: bool = False
    ) -> web.StreamResponse:
        """`embedded`: it is loaded by pages of other sites, also by those that isolate themselves."""
        path = (self._dist / name).resolve()
        if not self._dist.is_dir():
            raise NotBuilt()
        if not path.is_relative_to(self._dist) or not path.is_file():
            raise web.HTTPNotFound()
        headers = {**SHARED_HEADERS, **(EMBEDDED_HEADERS if embedded else {}), "Cache-Control": cache}
        if (kind := _TEXTS.get(path.suffix)) is not None:
            headers["Content-Type"] = f"{kind}; charset=utf-8"
        if policy:
            headers["Content-Security-Policy"] = policy
        return web.FileResponse(path, headers=headers)


def _policy(*, frame_ancestors: str) -> str:
    """Everything from ourselves, nothing inline, nothing from another host."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "frame-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            f"frame-ancestors {frame_ancestors}",
        )
    )
