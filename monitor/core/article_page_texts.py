"""What the pages on one article say: why it was told, or why it was not."""

ARTICLE_PAGE_TEXTS = {
    # key: (German, English)
    "page.article.read": ("Zum Artikel", "Read the article"),
    "page.article.feed": ("Feed", "Feed"),
    "page.article.published": ("Veröffentlicht", "Published"),
    "page.article.seen": ("Gesehen", "Seen"),
    "page.article.edited": ("Geändert", "Edited"),
    "page.article.language": ("Sprache", "Language"),
    "page.article.number": ("Nummer", "Number"),
    "page.article.source": ("Text", "Text"),
    "page.article.gate": ("Wie weit er kam", "How far it came"),
    "page.article.topics": ("Themen", "Topics"),
    "page.article.unscored": ("nicht zu beurteilen", "could not be judged"),
    "page.article.unjudged": ("noch nicht beurteilt", "not judged yet"),
    "page.article.without": ("ohne diesen Satz {score}", "without this sentence {score}"),
    "page.article.without.same": (
        "auch ohne diesen Satz {score}",
        "even without this sentence {score}",
    ),
    "page.article.word": ("Ihr Wort zum Thema {topic}", "Your word on the topic {topic}"),
    "page.article.story": ("Seine Geschichte", "Its story"),
    "page.article.no_story": ("Er gehört zu keiner Geschichte.", "It is in no story."),
    "page.article.reports.one": ("1 Bericht", "1 report"),
    "page.article.reports.other": ("{n} Berichte", "{n} reports"),
    "page.article.text": ("Der Text, wie er beurteilt wurde", "The text as it was judged"),
    "page.article.text.marked": (
        "Hervorgehoben sind die Sätze, die den Ausschlag gaben.",
        "The sentences that tipped the scales are highlighted.",
    ),
    "page.article.text.gone": (
        "Sein Text wird nicht mehr aufbewahrt.",
        "Its text is no longer kept.",
    ),
    "page.article.page.none": ("aus dem Feed", "the feed's"),
    "page.article.page.taken": (
        "von seiner Seite: Der des Feeds war zu kurz, um zu entscheiden",
        "that of its page: the feed's was too short to decide by",
    ),
    "page.article.page.edited": (
        "aus dem Feed, der ihn geändert hat, seit die Seite gelesen wurde",
        "the feed's, which was edited since its page was read",
    ),
    "page.article.page.waiting": (
        "aus dem Feed, zu kurz, um zu entscheiden; seine Seite wird gelesen, fällig {at}",
        "the feed's, too short to decide by; its page is to be read, due {at}",
    ),
    "page.article.page.refused": (
        "aus dem Feed; seine Seite gab keinen besseren her",
        "the feed's; its page had no better one",
    ),
    "page.article.page.failed": (
        "aus dem Feed; seine Seite war nicht zu lesen",
        "the feed's; its page could not be read",
    ),
    "page.article.page.spared": (
        "aus dem Feed; seine Seite wurde nicht mehr gebraucht",
        "the feed's; its page was no longer needed",
    ),
    "page.grounds": ("Was dafür spricht und was dagegen", "What speaks for it, and what against"),
    "page.grounds.ask": ("Den Text noch einmal beurteilen", "Judge the text once more"),
    "page.grounds.wait": ("Der Text wird noch einmal beurteilt …", "The text is judged again …"),
    "page.grounds.for": ("dafür", "for"),
    "page.grounds.against": ("dagegen", "against"),
    "page.grounds.none": (
        "Nichts darin spricht für das Thema: Er nennt keinen seiner Begriffe.",
        "Nothing in it speaks for the topic: it names none of its concepts.",
    ),
    "page.grounds.title": (
        "Nach dem Titel allein: Sein Text wird nicht mehr aufbewahrt.",
        "By its title alone: its text is no longer kept.",
    ),
    "page.grounds.failed": (
        "Das war gerade nicht zu beurteilen. Bitte später noch einmal laden.",
        "It could not be judged just now. Please load this page again later.",
    ),
    "page.nearest": (
        "Die ähnlichsten Beispielsätze",
        "The nearest example sentences",
    ),
    "page.nearest.ask": ("Mit den Beispielen vergleichen", "Compare with the examples"),
    "page.nearest.wait": (
        "Es wird mit den Beispielen der Themen verglichen …",
        "It is compared with the topics' examples …",
    ),
    "page.nearest.to": ("Am nächsten:", "Nearest:"),
    "page.nearest.by": ("Ähnlichkeit {alike}", "similarity {alike}"),
    "page.nearest.none": (
        "Keiner der Beispielsätze ist ähnlich.",
        "None of the example sentences is like it.",
    ),
    "page.nearest.off": (
        "Dazu fehlt der Satz-Encoder: Er ist ausgeschaltet oder nicht installiert.",
        "That needs the sentence encoder, which is switched off or not installed.",
    ),
    "page.nearest.failed": (
        "Das war gerade nicht zu vergleichen. Bitte später noch einmal laden.",
        "It could not be compared just now. Please load this page again later.",
    ),
    "page.why": ("Warum wurde … nicht gemeldet?", "Why was … not told?"),
    "page.why.title": ("Warum wurde das nicht gemeldet?", "Why was this not told?"),
    "page.why.how": (
        "Jeder Artikel endet an genau einer Stelle auf dem Weg zu Ihnen.",
        "Every article ends at exactly one place on its way to you.",
    ),
    "page.why.address": (
        "Adresse des Artikels, oder seine Nummer",
        "The article's address, or its number",
    ),
    "page.why.ask": ("Nachsehen", "Look it up"),
    "page.why.neither": (
        "Das ist weder eine Webadresse noch die Nummer eines Artikels im Archiv.",
        "That is neither a web address nor the number of an article in the archive.",
    ),
    "page.why.routes": ("Was die Routen verlangen", "What the routes ask for"),
    "page.why.asks": ("Verlangt", "Asks for"),
    "page.why.missing": ("Es fehlt", "What is missing"),
    "page.why.route": ("Route", "Route"),
    "page.why.feeds": ("Feeds, die diese Seite abdecken", "Feeds that cover this site"),
    "page.why.more.one": ("und ein weiterer", "and one more"),
    "page.why.more.other": ("und {n} weitere", "and {n} more"),
    "page.why.details": ("Alles zu diesem Artikel", "All about this article"),
}
