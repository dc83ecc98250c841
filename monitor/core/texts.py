"""What the program says, in German and English; `words` puts values into it."""

TEXTS = {
    # key: (German, English)
    "label.source": ("Quelle", "Source"),
    "label.language": ("Sprache", "Language"),
    "label.published": ("Veröffentlicht", "Published"),
    "label.seen": ("Gesehen", "Seen"),
    "label.sources": ("Quellen", "Sources"),
    "alert.why": ("Diese Sätze gaben den Ausschlag", "These sentences tipped the scales"),
    "alert.why_page": (
        "Diese Sätze gaben den Ausschlag (gelesen auf der Artikelseite, der Feed sagt weniger)",
        "These sentences tipped the scales (read on the article page, the feed says less)",
    ),
    "alert.read": ("Bei {source} lesen", "Read at {source}"),
    "alert.no_link": ("Der Feed {source} nennt keinen Link.", "The feed {source} gives no link."),
    "alert.rule": ("Regel: {reason}.", "Rule: {reason}."),
    "route.default": ("Standardroute", "default route"),
    "route.rule": ("Route: {conditions}", "route: {conditions}"),
    "route.topic": ("Thema {topic}", "topic {topic}"),
    "route.any": ("jedes Thema", "any topic"),
    "route.score": ("ab {score}", "from {score} on"),
    "route.language": ("Sprache {names}", "language {names}"),
    "route.feed": ("Feed {names}", "feed {names}"),
    "route.tag": ("Schlagwort {names}", "tag {names}"),
    "route.sources": ("ab {n} Quellen", "from {n} sources on"),
    "route.missing": ("{asked} (hier: {found})", "{asked} (here: {found})"),
    "route.taken": ("eine andere Route nimmt sie schon", "another route takes it already"),
    "alert.explain": ("Warum genau? monitor explain {id}", "Why exactly? monitor explain {id}"),
    "summary.title.one": ("1 Geschichte, die gewartet hat", "1 story that waited"),
    "summary.title.other": ("{n} Geschichten, die gewartet haben", "{n} stories that waited"),
    "summary.text": (
        "Statt einzelner Meldungen, die besten zuerst:",
        "Instead of a message each, the best first:",
    ),
    "summary.explain": (
        "Warum zusammen? monitor alerts list",
        "Why together? monitor alerts list",
    ),
    "update.title": ("Neues: {title}", "Update: {title}"),
    "update.new": ("Neu daran: {news}.", "What is new: {news}."),
    "update.correction": ("eine Korrektur", "a correction"),
    "update.statement": (
        "jemand bestätigt oder bestreitet etwas",
        "somebody confirms or denies something",
    ),
    "update.actor": ("neu dabei: {what}", "new in it: {what}"),
    "update.number": ("die Zahl {what}", "the figure {what}"),
    "update.sources": (
        "{what} unabhängige Quellen berichten inzwischen",
        "{what} independent sources report it by now",
    ),
    "update.story": (
        "Zur Geschichte „{title}“ (monitor stories show {id}).",
        "Part of the story “{title}” (monitor stories show {id}).",
    ),
    "figure.million": ("{n} Millionen", "{n} million"),
    "figure.billion": ("{n} Milliarden", "{n} billion"),
    "figure.trillion": ("{n} Billionen", "{n} trillion"),
    "figure.percent": ("{n}\N{NO-BREAK SPACE}%", "{n}%"),
    "figure.gigawatt": ("{n} Gigawatt", "{n} gigawatts"),
    "figure.megawatt": ("{n} Megawatt", "{n} megawatts"),
    "sources.one": ("1 Quelle", "1 source"),
    "sources.other": ("{n} Quellen", "{n} sources"),
    "untitled": ("(ohne Titel)", "(no title)"),
    "repeated": ("(möglicherweise wiederholt)", "(possibly repeated)"),
    "shortened": (
        "… gekürzt, weil der Kanal nicht mehr fasst.",
        "… cut to what the channel holds.",
    ),
    "baseline.title.one": ("1 Feed neu eingelesen", "1 feed read for the first time"),
    "baseline.title.other": ("{n} Feeds neu eingelesen", "{n} feeds read for the first time"),
    "baseline.counts": (
        "{imported} importiert, {matched} hätten gepasst.",
        "Imported {imported}, {matched} would have matched.",
    ),
    "baseline.rule": (
        (
            "Was schon in einem Feed stand, bevor er hier neu war, löst keine Meldung aus. "
            "Die passenden Artikel nennt die nächste Übersicht."
        ),
        (
            "What a feed already held when it was new here raises no alert. "
            "The next digest lists the articles that match."
        ),
    ),
    "baseline.feeds": ("Feeds: {names}", "Feeds: {names}"),
    "digest.title": ("Übersicht {name}: {date}", "Digest {name}: {date}"),
    "digest.empty": (
        "Seit {since} war nichts dabei: kein Artikel passte zu Ihren Themen.",
        "Nothing since {since}: no article matched your topics.",
    ),
    "digest.stories.one": ("1 Geschichte", "1 story"),
    "digest.stories.other": ("{n} Geschichten", "{n} stories"),
    "digest.articles.one": ("1 Artikel", "1 article"),
    "digest.articles.other": ("{n} Artikel", "{n} articles"),
    "digest.counts": (
        "{stories} · {new} neu · {articles} seit {since}",
        "{stories} · {new} new · {articles} since {since}",
    ),
    "digest.yesterday": ("gestern", "yesterday"),
    "digest.since": ("dem {date}", "{date}"),
    "digest.new": ("Neu", "New"),
    "digest.new_today": ("Heute neu", "New today"),
    "digest.reports.one": ("1 neuer Bericht seit {since}", "1 new report since {since}"),
    "digest.reports.other": ("{n} neue Berichte seit {since}", "{n} new reports since {since}"),
    "digest.earlier.one": ("1 früherer Bericht", "1 earlier report"),
    "digest.earlier.other": ("{n} frühere Berichte", "{n} earlier reports"),
    "digest.sources.one": ("1 Quelle", "1 source"),
    "digest.sources.other": ("{n} unabhängige Quellen", "{n} independent sources"),
    "digest.score": ("Wert {score}", "score {score}"),
    "digest.also": ("Auch auf {spoken} ({n})", "Also in {spoken} ({n})"),
    "digest.near": ("Knapp darunter", "Just below the threshold"),
    "digest.near_label": (
        (
            "Diese Artikel verfehlten die Schwelle knapp. Gehört einer dazu, sagt es der Befehl "
            "dabei; monitor topics train lernt daraus."
        ),
        (
            "These articles just missed the threshold. If one belongs here, its command says so; "
            "monitor topics train learns from it."
        ),
    ),
    "digest.near_score": (
        "{topic} {score}, Schwelle {threshold}",
        "{topic} {score}, threshold {threshold}",
    ),
    "digest.chart": (
        "Artikel zu Ihren Themen, letzte {n} Tage",
        "Articles on your topics, last {n} days",
    ),
    "digest.baseline": (
        "Schon da, als monitor begann: {articles}",
        "Already there when monitor started: {articles}",
    ),
    "digest.more": ("und {n} weitere", "and {n} more"),
    "health.read": (
        "{articles} aus {ok} von {feeds} Feeds gelesen",
        "Read {articles} from {ok} of {feeds} feeds",
    ),
    "health.failing": ("{read}; {n} gestört: {names}.", "{read}; {n} failing: {names}."),
    "health.fine": ("{read}.", "{read}."),
    "health.channels": ("Gestörte Kanäle: {names}.", "Channels failing: {names}."),
    "health.dead.one": (
        "1 Nachricht kam nicht an: monitor outbox list.",
        "1 message could not be delivered: monitor outbox list.",
    ),
    "health.dead.other": (
        "{n} Nachrichten kamen nicht an: monitor outbox list.",
        "{n} messages could not be delivered: monitor outbox list.",
    ),
    "list.and": (" und ", " and "),
    "notice.feed-failing.title": ("Feed gestört: {name}", "Feed failing: {name}"),
    "notice.feed-failing.titles": ("{n} Feeds gestört", "{n} feeds failing"),
    "notice.feed-failing.text": (
        "Keine brauchbare Antwort seit längerem. monitor versucht es weiter, in größerem Abstand.",
        "No usable answer for a while. monitor keeps trying, at longer intervals.",
    ),
    "notice.feed-failing.over.title": ("Feed wieder da: {name}", "Feed recovered: {name}"),
    "notice.feed-failing.over.titles": ("{n} Feeds wieder da", "{n} feeds recovered"),
    "notice.feed-failing.over.text": (
        "Es wird wieder gelesen wie gewohnt.",
        "Reading goes on as usual.",
    ),
    "notice.channel-failing.title": ("Kanal gestört: {name}", "Channel failing: {name}"),
    "notice.channel-failing.titles": ("{n} Kanäle gestört", "{n} channels failing"),
    "notice.channel-failing.text": (
        (
            "Nachrichten konnten nicht zugestellt werden. Sie sind aufgehoben und werden weiter "
            "versucht. Was aufgegeben wurde, zeigt: monitor outbox list --state dead. "
            "Noch ein Versuch: monitor outbox retry NUMMER"
        ),
        (
            "Messages could not be delivered. They are kept and tried again. What was given up is "
            "shown by: monitor outbox list --state dead. To try again: monitor outbox retry ID"
        ),
    ),
    "notice.channel-failing.over.title": ("Kanal wieder da: {name}", "Channel recovered: {name}"),
    "notice.channel-failing.over.titles": ("{n} Kanäle wieder da", "{n} channels recovered"),
    "notice.channel-failing.over.text": (
        "Nachrichten werden wieder zugestellt.",
        "Messages are delivered again.",
    ),
    "notice.no-network.title": ("Kein Netz", "No network"),
    "notice.no-network.text": (
        (
            "Kein Feed ist zu erreichen. monitor versucht es jede Minute; was inzwischen "
            "erscheint, wird danach gelesen, soweit die Feeds es dann noch nennen."
        ),
        (
            "No feed can be reached. monitor tries every minute; what appears meanwhile is read "
            "afterwards, as far as the feeds still list it."
        ),
    ),
    "notice.no-network.over.title": ("Netz wieder da", "The network is back"),
    "notice.no-network.over.text": (
        "Die Feeds werden wieder gelesen.",
        "The feeds are read again.",
    ),
    "notice.too-quiet.title": (
        "Ungewöhnlich still: kein neuer Artikel",
        "Unusually quiet: no new article",
    ),
    "notice.too-quiet.text": (
        (
            "Die Feeds antworten, doch keiner bringt Neues, länger als sonst üblich. "
            "Mehr zeigt: monitor feeds list"
        ),
        "The feeds answer, but bring nothing new, longer than usual. See: monitor feeds list",
    ),
    "notice.too-quiet.over.title": ("Es kommen wieder Artikel", "Articles are coming again"),
    "notice.too-quiet.over.text": (
        "Die Stille ist vorbei.",
        "The silence is over.",
    ),
    "notice.nothing-flagged.title": (
        "Ungewöhnlich lange nichts gefunden",
        "Nothing found for unusually long",
    ),
    "notice.nothing-flagged.text": (
        (
            "Artikel kommen, doch keiner passte zu Ihren Themen, länger als sonst üblich. "
            "Vielleicht ist nichts geschehen; ob eine Schwelle zu hoch ist, zeigt: monitor digest"
        ),
        (
            "Articles come, but none matched your topics, longer than usual. Perhaps nothing "
            "happened; whether a threshold is too high is shown by: monitor digest"
        ),
    ),
    "notice.disk-full.title": ("Speicherplatz zu Ende", "Disk full"),
    "notice.disk-full.text": (
        (
            "Es ist kein Platz mehr für die Datenbank. monitor liest nicht weiter, bis welcher "
            "frei wird, und macht dann von selbst weiter; verloren geht nichts, was die Feeds "
            "dann noch nennen."
        ),
        (
            "There is no room left for the database. monitor stops reading until there is some, "
            "and then goes on by itself; nothing is lost that the feeds still list by then."
        ),
    ),
    "notice.disk-full.over.title": ("Wieder Platz", "There is room again"),
    "notice.disk-full.over.text": (
        "Die Feeds werden wieder gelesen.",
        "The feeds are read again.",
    ),
    "notice.database-replaced.title": ("Datenbank war beschädigt", "The database was damaged"),
    "notice.database-replaced.text": (
        (
            "Sie wurde beiseitegelegt. Was die Feeds jetzt schon nennen, löst keine Meldung aus; "
            "die nächste Übersicht nennt, was davon passt."
        ),
        (
            "It was put aside. What the feeds already list raises no alert; the next digest lists "
            "what matches."
        ),
    ),
    "notice.since": ("seit {at}", "since {at}"),
    "notice.channel-test.title": ("Probe: {channel}", "Test: {channel}"),
    "notice.channel-test.text": (
        "Diese Nachricht prüft den Kanal. Es ist nichts weiter zu tun.",
        "This message tests the channel. Nothing needs to be done.",
    ),
}
