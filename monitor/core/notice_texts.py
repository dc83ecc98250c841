"""What the operator is told of the program itself, in German and English; part of `texts`."""

NOTICE_TEXTS = {
    # key: (German, English)
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
    "notice.feed-quiet.title": ("Ungewöhnlich still: {name}", "Unusually quiet: {name}"),
    "notice.feed-quiet.titles": ("{n} Feeds ungewöhnlich still", "{n} feeds unusually quiet"),
    "notice.feed-quiet.text": (
        (
            "Die Adresse antwortet, bringt aber nichts Neues, weit länger als zu diesen Stunden "
            "sonst. Vielleicht ist dort nur Ruhe; vielleicht ist der Feed umgezogen oder wird "
            "nicht mehr gefüllt."
        ),
        (
            "The address answers, but brings nothing new, for much longer than it does at these "
            "hours. Perhaps it is only quiet there; perhaps the feed has moved or is no longer "
            "filled."
        ),
    ),
    "notice.feed-quiet.over.title": ("Wieder Neues: {name}", "News again: {name}"),
    "notice.feed-quiet.over.titles": (
        "{n} Feeds bringen wieder Neues",
        "{n} feeds bring news again",
    ),
    "notice.feed-quiet.over.text": ("Die Stille ist vorbei.", "The silence is over."),
    "notice.topic-quiet.title": (
        "Ungewöhnlich lange nichts zu: {name}",
        "Nothing for unusually long on: {name}",
    ),
    "notice.topic-quiet.titles": (
        "Ungewöhnlich lange nichts zu {n} Themen",
        "Nothing for unusually long on {n} topics",
    ),
    "notice.topic-quiet.text": (
        (
            "Artikel kommen, doch keiner passte, weit länger als zu diesen Stunden sonst. "
            "Vielleicht ist nichts geschehen; ob die Schwelle zu hoch ist, zeigt: monitor digest"
        ),
        (
            "Articles come, but none matched, for much longer than at these hours. Perhaps nothing "
            "happened; whether the threshold is too high is shown by: monitor digest"
        ),
    ),
    "notice.topic-quiet.over.title": ("Wieder etwas zu: {name}", "Something again on: {name}"),
    "notice.topic-quiet.over.titles": (
        "Wieder etwas zu {n} Themen",
        "Something again on {n} topics",
    ),
    "notice.topic-quiet.over.text": ("Die Stille ist vorbei.", "The silence is over."),
    "lull": (
        "seit {span} nichts Neues; um diese Zeit sonst {usual}; das kommt in {odds} Fällen vor",
        "nothing new for {span}; usually {usual} at this time; happens in {odds} cases",
    ),
    "lull.odds": ("1 von {n}", "1 of {n}"),
    "lull.rarest": ("weniger als 1 von {n}", "fewer than 1 of {n}"),
    "lull.over": ("still seit {at}", "quiet since {at}"),
    "hours.one": ("1 Stunde", "1 hour"),
    "hours.other": ("{n} Stunden", "{n} hours"),
    "days.one": ("1 Tag", "1 day"),
    "days.other": ("{n} Tagen", "{n} days"),
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
