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
    "health.languages": ("{read} ({languages})", "{read} ({languages})"),
    "health.language": ("{n} auf {spoken}", "{n} in {spoken}"),
    "health.rest": (
        "{n} in anderen oder unbekannten Sprachen",
        "{n} in other or unknown languages",
    ),
    "health.quiet": ("Ungewöhnlich still: {names}.", "Unusually quiet: {names}."),
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
}
