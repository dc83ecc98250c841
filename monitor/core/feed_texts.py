"""What the page says of feeds, and what stages noted of them and of messages (`core.retell`)."""

FEED_TEXTS = {
    # key: (German, English)
    "span.s.one": ("{n} s", "{n} s"),
    "span.s.other": ("{n} s", "{n} s"),
    "span.m.one": ("{n} min", "{n} min"),
    "span.m.other": ("{n} min", "{n} min"),
    "span.h.one": ("{n} Std.", "{n} h"),
    "span.h.other": ("{n} Std.", "{n} h"),
    "span.d.one": ("{n} Tag", "{n} day"),
    "span.d.other": ("{n} Tage", "{n} days"),
    "note.new": ("noch nie abgefragt", "never polled yet"),
    "note.accepted": ("angenommen", "accepted"),
    "note.by-hand": ("von Hand", "by hand"),
    "note.interval": ("alle {span}, wie eingestellt", "every {span}, as configured"),
    "note.own-interval": (
        "alle {span}, wie für diesen Feed eingestellt",
        "every {span}, as configured for this feed",
    ),
    "note.rhythm": ("Neues kommt etwa alle {span}", "news comes every {span} or so"),
    "note.no-news": ("seit {span} nichts Neues", "no news for {span}"),
    "note.feed-says": ("der Feed sagt: alle {span}", "the feed says every {span}"),
    "note.server-says": (
        "der Server sagt: für {span} unverändert",
        "the server says: unchanged for {span}",
    ),
    "note.skip": (
        "der Feed ruht zu bestimmten Zeiten (skipHours, skipDays)",
        "the feed rests at certain times (skipHours, skipDays)",
    ),
    "note.no-network": ("kein Netz", "no network"),
    "note.retry-after": ("der Server bat um Geduld", "the server asked for patience"),
    "note.host-rests": (
        "der Server bat bei einem anderen Feed um Geduld",
        "the server asked for patience at another feed",
    ),
    "note.back-off": (
        "nach {n} Fehlern in Folge seltener",
        "less often after {n} failures in a row",
    ),
    "note.gone": (
        "der Server sagt, es gibt ihn nicht mehr; wöchentlich ein Versuch",
        "the server says it is gone; one try a week",
    ),
    "note.at-most": ("{text}; höchstens {span}", "{text}; at most {span}"),
    "note.redirected": ("{text} (weitergeleitet zu {url})", "{text} (redirected to {url})"),
    "note.quiet-hours": ("Ruhezeit", "quiet hours"),
    "note.cool-down": (
        "kurz nach der letzten Meldung zu dieser Geschichte",
        "shortly after the last message of this story",
    ),
    "note.held": ("inzwischen aufgehalten", "held meanwhile"),
    "note.cap": ("höchstens {n} je Stunde", "at most {n} an hour"),
    "note.many": ("{n} warteten zugleich", "{n} waited at once"),
    "note.gap": ("Abstand zwischen zwei Nachrichten", "gap between two messages"),
    "note.story-gone": ("ihre Geschichte gibt es nicht mehr", "its story is gone"),
    "note.digest": ("Zeit des Digests", "time of the digest"),
    "note.baseline": ("Feeds waren neu", "feeds were new"),
    "error.login": (
        "Der Server verlangt eine Anmeldung (HTTP {n}).",
        "The server wants a login (HTTP {n}).",
    ),
    "error.forbidden": ("Der Server lässt uns nicht ein (HTTP {n}).", "No admission (HTTP {n})."),
    "error.missing": ("Dort ist nichts mehr (HTTP {n}).", "Nothing is there any more (HTTP {n})."),
    "error.gone": ("Den Feed gibt es nicht mehr (HTTP {n}).", "The feed is gone (HTTP {n})."),
    "error.too-often": (
        "Der Server findet, er werde zu oft gefragt (HTTP {n}).",
        "The server says it is asked too often (HTTP {n}).",
    ),
    "error.server": ("Der Server ist gestört (HTTP {n}).", "The server is in trouble (HTTP {n})."),
    "error.slow": (
        "Keine vollständige Antwort innerhalb von {span}.",
        "No whole answer within {span}.",
    ),
    "error.dns": ("{host} ist im Netz unbekannt (DNS).", "{host} is unknown on the net (DNS)."),
    "error.certificate": (
        "Das Zertifikat von {host} gilt nicht: {why}.",
        "The certificate of {host} is not valid: {why}.",
    ),
    "error.private": (
        "{host} ist keine öffentliche Adresse.",
        "{host} is not a public address.",
    ),
    "error.unreachable": (
        "{host} ist nicht zu erreichen: {why}.",
        "{host} cannot be reached: {why}.",
    ),
    "error.cut": ("Die Antwort brach ab.", "The answer was cut off."),
    "error.circle": ("Die Weiterleitungen enden nicht.", "The redirects do not end."),
    "error.no-feed": ("Dort liegt kein Feed.", "What is there is no feed."),
    "error.empty": ("Das Dokument ist leer.", "The document is empty."),
    "error.costly": (
        "Das Dokument ist zu aufwendig zu lesen.",
        "The document takes too much to read.",
    ),
    "error.large": ("Die Antwort ist zu groß.", "The answer is too large."),
    "error.entries": (
        "Einzelne Einträge waren nicht zu lesen.",
        "Some entries could not be read.",
    ),
    "remedy.login": (
        "Tragen Sie username und password beim Feed in config.toml ein.",
        "Write username and password at the feed in config.toml.",
    ),
    "remedy.forbidden": (
        "Vielleicht verlangt er eine Anmeldung, Cookies oder Header; das geht in config.toml.",
        "It may want a login, cookies or headers; config.toml takes them.",
    ),
    "remedy.missing": (
        "Suchen Sie den Feed mit der Adresse der Website neu.",
        "Look for the feed again by the address of its site.",
    ),
    "remedy.gone": (
        "Entfernen Sie ihn, oder suchen Sie mit der Adresse der Website einen neuen.",
        "Remove it, or look for a new one by the address of its site.",
    ),
    "remedy.too-often": (
        "Es wird von selbst seltener gefragt; nichts zu tun.",
        "It is asked less often by itself; nothing to do.",
    ),
    "remedy.server": (
        "Es wird weiter versucht, in größerem Abstand; nichts zu tun.",
        "It is tried again, at longer intervals; nothing to do.",
    ),
    "remedy.slow": (
        "Es wird weiter versucht; hält es an, prüfen Sie die Adresse im Browser.",
        "It is tried again; if it lasts, try the address in a browser.",
    ),
    "remedy.dns": (
        "Prüfen Sie die Schreibweise der Adresse.",
        "Check how the address is spelt.",
    ),
    "remedy.certificate": (
        "Wenn Sie ihm trotzdem trauen: tls_verify = false beim Feed in config.toml.",
        "If you trust it all the same: tls_verify = false at the feed in config.toml.",
    ),
    "remedy.private": (
        "Nur was [polling] allow in config.toml nennt, darf privat sein.",
        "Only what [polling] allow in config.toml names may be private.",
    ),
    "remedy.unreachable": (
        "Es wird weiter versucht; hält es an, prüfen Sie die Adresse im Browser.",
        "It is tried again; if it lasts, try the address in a browser.",
    ),
    "remedy.cut": (
        "Es wird weiter versucht; nichts zu tun.",
        "It is tried again; nothing to do.",
    ),
    "remedy.circle": (
        "Prüfen Sie die Adresse im Browser; vielleicht verlangt sie Cookies.",
        "Try the address in a browser; it may want cookies.",
    ),
    "remedy.no-feed": (
        "Suchen Sie mit der Adresse der Website nach ihren Feeds.",
        "Look for its feeds by the address of the site.",
    ),
    "remedy.empty": (
        "Es wird weiter versucht; nichts zu tun.",
        "It is tried again; nothing to do.",
    ),
    "remedy.costly": (
        "Es wird weiter versucht; hält es an, ist der Feed nicht brauchbar.",
        "It is tried again; if it lasts, the feed is of no use.",
    ),
    "remedy.large": (
        "Suchen Sie einen kleineren Feed der Website.",
        "Look for a smaller feed of the site.",
    ),
    "remedy.entries": (
        "Die anderen sind gelesen; nichts zu tun.",
        "The others are read; nothing to do.",
    ),
    "remedy.other": (
        "Es wird weiter versucht; mehr sagt das Protokoll.",
        "It is tried again; the log says more.",
    ),
}
