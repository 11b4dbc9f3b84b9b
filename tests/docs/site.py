#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""site.py <doxygen> <Doxyfile> <folder of HTML>: the site is made without a warning, and each of its links leads somewhere."""

import html.parser
import pathlib
import shutil
import subprocess
import sys
import urllib.parse


class Page(html.parser.HTMLParser):
    """The links of a page, and what links can lead to in it."""

    def __init__(self, path):
        super().__init__()
        self.links, self.anchors = set(), {""}
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        self.anchors |= {named.get("id"), named.get("name")}
        self.links |= {named[key] for key in ("href", "src") if named.get(key)}


def dead_links(name, pages, folder):
    for link in pages[name].links:
        parts = urllib.parse.urlsplit(link)
        target = urllib.parse.unquote(parts.path) or name
        if parts.scheme or target == "#":
            continue
        if not (folder / target).exists():
            yield f"{name}: no file for {link}"
        elif target in pages and parts.fragment not in pages[target].anchors:
            yield f"{name}: no place for {link}"


doxygen, configuration, folder = sys.argv[1:]
folder = pathlib.Path(folder)
shutil.rmtree(folder, ignore_errors=True)
made = subprocess.run([doxygen, configuration], capture_output=True, text=True)
if made.returncode != 0:
    sys.exit(made.stdout + made.stderr)
pages = {path.name: Page(path) for path in folder.glob("*.html")}
bad = [complaint for name in sorted(pages) for complaint in dead_links(name, pages, folder)]
print("\n".join(bad + [f"{len(pages)} pages, {sum(len(page.links) for page in pages.values())} links, {len(bad)} dead"]))
sys.exit(1 if bad or not pages else 0)
