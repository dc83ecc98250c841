"""The local page: what the command line answers, in a browser, live, in German or English.

A request goes from left to right: `guard` (who may ask, what a browser may load), `site` (which
address is which page), a page (`stories`, `articles`, …: asks `queries`, or writes what a person
said), `templates`. `events` tells open pages what happens, `serving` binds all of it to the loop of
the daemon. Reading works without JavaScript; writing is by POST alone, with a token only our own
pages know. Whoever may reach the page may do everything: it listens on the loopback only, and a
reverse proxy with a login stands before it where it is to be reached from elsewhere.
"""

from monitor.web.serving import serve
from monitor.web.site import make_site

__all__ = ["make_site", "serve"]
