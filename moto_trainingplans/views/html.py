"""A view as a page of its own, that loads nothing and needs no script."""

from __future__ import annotations

from . import svg, text
from .lanes import View
from .wording import markup

NARROW, WIDE = 480, 1120
# Nothing is loaded, and nothing is run, whatever names and reasons say.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
PAGE_STYLE = (
    ":root{color-scheme:light dark}"
    "body{margin:0;padding:12px;background:#fff;color:#1b2430;"
    "font:14px system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif}"
    "@media (prefers-color-scheme:dark){body{background:#12171e;color:#e6eaf0}}"
    "pre{overflow:auto;font-size:12px}summary{cursor:pointer;padding:8px 0}"
)
FIGURE_STYLE = (
    ".mtp-figure svg{display:block;width:100%;height:auto}"
    ".mtp-figure .wide{max-width:1400px}.mtp-figure .narrow{display:none}"
    "@media (max-width:760px){.mtp-figure .wide{display:none}.mtp-figure .narrow{display:block}}"
)


def page(view: View, title: str) -> str:
    """The whole page: the picture as wide as the window, and the same as text."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{markup(title)}</title><style>{PAGE_STYLE}{FIGURE_STYLE}{svg.style()}</style>"
        f"</head><body>{figure(view)}<details><summary>The same as text</summary>"
        f"<pre>{markup(text.render(view, 120, None))}</pre></details></body></html>\n"
    )


def figure(view: View) -> str:
    """The picture in two layouts, of which the page shows the one that there is room for."""
    return (
        f'<figure class="mtp-figure" style="margin:0"><div class="wide">'
        f'{svg.render(view, WIDE, with_style=False)}</div><div class="narrow">'
        f"{svg.render(view, NARROW, with_style=False)}</div></figure>"
    )
