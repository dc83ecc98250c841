import sys

from playwright.sync_api import sync_playwright

base = sys.argv[1]
paths = sys.argv[2:]
with sync_playwright() as p:
    b = p.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    for scheme in ("light", "dark"):
        for width in (390, 1280):
            c = b.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
            page = c.new_page()
            page.on("console", lambda m: print("console:", m.text))
            page.on("pageerror", lambda e: print("error:", e))
            for path in paths:
                page.goto(base + path, wait_until="load")
                page.wait_for_timeout(500)
                name = path.strip("/").replace("/", "-") or "stories"
                name = name.split("?")[0]
                page.screenshot(path=f"build/shot-{name}-{width}-{scheme}.png", full_page=False)
                over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                print(path, width, scheme, "sideways", over)
            c.close()
    b.close()
