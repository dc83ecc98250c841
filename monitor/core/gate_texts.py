"""What the program says of an article's gate, in German and English.

Names, then sentences, then what a person can do about it.
"""

GATE_TEXTS = {
    # key: (German, English)
    "gate.not-covered": ("in keinem Feed", "in no feed"),
    "gate.not-listed": ("nicht im Feed gesehen", "never seen in its feed"),
    "gate.baseline": ("schon da, als der Feed neu war", "there when the feed was new"),
    "gate.unjudged": ("wartet auf sein Urteil", "waits for its verdict"),
    "gate.unscored": ("nicht zu beurteilen", "could not be judged"),
    "gate.page-to-be-read": ("seine Seite wird noch gelesen", "its page is to be read"),
    "gate.below-threshold": ("unter der Schwelle", "below the threshold"),
    "gate.no-story-yet": ("wartet auf seine Geschichte", "waits for its story"),
    "gate.duplicate": ("Kopie eines bekannten Berichts", "copy of a known report"),
    "gate.story-already-told": ("Geschichte schon gemeldet", "story already told"),
    "gate.no-route": ("keine Route", "no route"),
    "gate.silenced": ("stummgeschaltet", "silenced"),
    "gate.dropped": ("aufgegeben", "given up"),
    "gate.channel-not-configured": ("Kanal nicht eingerichtet", "channel not configured"),
    "gate.channel-dead": ("Kanal nahm es nicht an", "channel did not take it"),
    "gate.cool-down": ("Abklingzeit", "cool-down"),
    "gate.quiet-hours": ("Ruhezeit", "quiet hours"),
    "gate.hourly-cap": ("Obergrenze je Stunde", "hourly cap"),
    "gate.queued": ("wird gleich gesendet", "about to be sent"),
    "gate.retrying": ("neuer Versuch folgt", "to be tried again"),
    "gate.sending": ("wird gesendet", "being sent"),
    "gate.told": ("gemeldet", "told"),
    "gate.not-covered.text": (
        "Kein Feed, der gelesen wird, deckt {host} ab.",
        "No feed that is read covers {host}.",
    ),
    "gate.not-listed.text": (
        "Von {host} wird gelesen, doch diese Adresse stand in keinem Feed, als er gelesen wurde.",
        "{host} is read, but this address was in none of its feeds when they were read.",
    ),
    "gate.baseline.text": (
        (
            "Er stand schon im Feed {feed}, als der hier zum ersten Mal gelesen wurde ({seen}); "
            "das löst keine Meldung aus. {scores}"
        ),
        (
            "It was in the feed {feed} already when that was read for the first time ({seen}); "
            "such articles raise no alert. {scores}"
        ),
    ),
    "gate.unjudged.text": (
        "Er wurde gelesen ({seen}) und wartet auf sein Urteil.",
        "It was read ({seen}) and waits for its verdict.",
    ),
    "gate.unscored.text": (
        "Er war nicht zu beurteilen: {reason}.",
        "It could not be judged: {reason}.",
    ),
    "gate.page-to-be-read.text": (
        (
            "Nach dem Text des Feeds liegt er unter der Schwelle, aber knapp; seine Seite wird "
            "gelesen ({page}). {scores}"
        ),
        (
            "By the feed's text it is below the threshold, but near; its own page is to be read "
            "({page}). {scores}"
        ),
    ),
    "gate.below-threshold.text": (
        "Kein Thema nahm ihn. {scores}",
        "No topic took it. {scores}",
    ),
    "gate.no-story-yet.text": (
        "Er passt und wartet darauf, einer Geschichte zugeordnet zu werden. {scores}",
        "It matches and waits to be put into a story. {scores}",
    ),
    "gate.duplicate.text": (
        "Er ist eine Kopie von Artikel {of} ({of_feed}) in Geschichte {story}. {told}",
        "It is a copy of article {of} ({of_feed}) in story {story}. {told}",
    ),
    "gate.story-already-told.text": (
        "Er gehört zu Geschichte {story}, „{title}“. {told} {again}",
        "It belongs to story {story}, “{title}”. {told} {again}",
    ),
    "gate.no-route.text": (
        "Keine Route nimmt Geschichte {story}, „{title}“.",
        "No route takes story {story}, “{title}”.",
    ),
    "gate.silenced.text": (
        "Geschichte {story} war stummgeschaltet: {note}.",
        "Story {story} was silenced: {note}.",
    ),
    "gate.dropped.text": (
        "Die Nachricht an {channels} wurde aufgegeben: {note}.",
        "The message to {channels} was given up: {note}.",
    ),
    "gate.channel-not-configured.text": (
        "Der Kanal {channels} ist nicht mehr eingerichtet.",
        "The channel {channels} is no longer configured.",
    ),
    "gate.channel-dead.text": (
        "{channels} nahm die Nachricht nicht an, aufgegeben am {at}: {error}.",
        "{channels} did not take the message, given up on {at}: {error}.",
    ),
    "gate.cool-down.text": (
        "Von der Geschichte war kurz zuvor die Rede; {channels} erfährt es nach dem {until}.",
        "The story was told shortly before; {channels} will hear of it after {until}.",
    ),
    "gate.quiet-hours.text": (
        "{channels} hat Ruhezeit bis zum {until}; dann kommt es.",
        "{channels} has quiet hours until {until}; it will be told then.",
    ),
    "gate.hourly-cap.text": (
        "{channels} hat seine Obergrenze erreicht ({note}); gehalten bis zum {until}.",
        "{channels} has reached its cap ({note}); held until {until}.",
    ),
    "gate.queued.text": (
        "Es steht zum Senden an {channels} bereit, fällig am {until}.",
        "It is ready to be sent to {channels}, due {until}.",
    ),
    "gate.retrying.text": (
        "{channels} hat es noch nicht angenommen ({error}); nächster Versuch am {until}.",
        "{channels} has not taken it yet ({error}); next try {until}.",
    ),
    "gate.sending.text": (
        "Es wird gerade an {channels} gesendet.",
        "It is being sent to {channels} now.",
    ),
    "gate.told.text": ("{told}", "{told}"),
    "gate.not-covered.remedy": (
        "Welche Feeds es dort gibt: monitor feeds discover {host}",
        "To see which feeds it offers: monitor feeds discover {host}",
    ),
    "gate.not-listed.remedy": (
        "Ob es dort einen Feed gibt, der mehr bringt: monitor feeds discover {host}",
        "To see whether it has a feed that brings more: monitor feeds discover {host}",
    ),
    "gate.baseline.remedy": (
        (
            "Er steht im ersten Digest. Sollen neue Feeds sofort melden: baseline = false unter "
            "[alerts] in config.toml"
        ),
        (
            "It is in the first digest. To let new feeds alert at once: baseline = false under "
            "[alerts] in config.toml"
        ),
    ),
    "gate.unjudged.remedy": (
        "Das dauert Sekunden, solange „monitor run“ läuft; ob es läuft: monitor status",
        "That takes seconds while “monitor run” runs; to see whether it does: monitor status",
    ),
    "gate.unscored.remedy": (
        "Gehört er doch dazu: monitor label {article} yes --topic NAME",
        "If it is relevant all the same: monitor label {article} yes --topic NAME",
    ),
    "gate.below-threshold.remedy": (
        "Gehört er doch dazu: monitor label {article} yes --topic {topic}",
        "If it is relevant all the same: monitor label {article} yes --topic {topic}",
    ),
    "gate.no-story-yet.remedy": (
        "Das dauert Sekunden, solange „monitor run“ läuft; ob es läuft: monitor status",
        "That takes seconds while “monitor run” runs; to see whether it does: monitor status",
    ),
    "gate.duplicate.remedy": (
        "Ist es doch ein eigenes Ereignis: monitor stories split {story} {article}",
        "If it is an event of its own: monitor stories split {story} {article}",
    ),
    "gate.story-already-told.remedy": (
        "Ist es doch ein eigenes Ereignis: monitor stories split {story} {article}",
        "If it is an event of its own: monitor stories split {story} {article}",
    ),
    "gate.no-route.remedy": (
        "Sie stehen unter [[routes]] in config.toml; zum Prüfen: monitor routes test {story}",
        "They stand under [[routes]] in config.toml; to try them: monitor routes test {story}",
    ),
    "gate.silenced.remedy": (
        "Zum Beenden: monitor silence expire ID; die Nummern zeigt: monitor silence list",
        "To end a silence: monitor silence expire ID; the ids are in: monitor silence list",
    ),
    "gate.channel-not-configured.remedy": (
        "Er fehlt unter [channels] in config.toml; zum Aufgeben: monitor outbox drop {row}",
        "It is missing under [channels] in config.toml; to give up: monitor outbox drop {row}",
    ),
    "gate.channel-dead.remedy": (
        "Wenn der Kanal wieder geht (monitor channels test {channel}): monitor outbox retry {row}",
        "Once the channel works (monitor channels test {channel}): monitor outbox retry {row}",
    ),
    "gate.cool-down.remedy": (
        "Wie lange das ist, sagt cool_down unter [alerts] in config.toml",
        "How long that is, is said by cool_down under [alerts] in config.toml",
    ),
    "gate.quiet-hours.remedy": (
        "Was so wichtig ist, dass es weckt, sagt break_through des Kanals in config.toml",
        "What matters enough to wake you is said by the channel's break_through in config.toml",
    ),
    "gate.hourly-cap.remedy": (
        "Die Obergrenze ist max_per_hour des Kanals in config.toml",
        "The cap is the channel's max_per_hour in config.toml",
    ),
    "gate.queued.remedy": (
        "Gesendet wird, solange „monitor run“ läuft; ob es läuft: monitor status",
        "It is sent while “monitor run” runs; to see whether it does: monitor status",
    ),
    "gate.retrying.remedy": (
        "Ob der Kanal geht: monitor channels test {channel}",
        "To see whether the channel works: monitor channels test {channel}",
    ),
    "gate.score": (
        "{topic}: {score}, Schwelle {threshold}.",
        "{topic}: {score}, threshold {threshold}.",
    ),
    "gate.told.at": ("Gemeldet am {at} über {channels}.", "Told on {at} via {channels}."),
    "gate.told.not": ("Gemeldet ist sie noch nicht.", "It has not been told yet."),
    "gate.told.folded": (
        "Gemeldet am {at} über {channels}, mit anderen in Nachricht {row}.",
        "Told on {at} via {channels}, together with others in message {row}.",
    ),
    "gate.again.joined": (
        "Der Artikel kam, bevor die Meldung hinausging, und zählte darin mit.",
        "The article came before that message left, and was counted in it.",
    ),
    "gate.again.nothing-new": (
        "Der Artikel brachte nichts Neues dazu.",
        "The article brought nothing new to it.",
    ),
    "gate.again.updates-spent": (
        "Nach der dritten Fortsetzung bleibt eine Geschichte der Übersicht überlassen.",
        "After its third update a story is left to the digest.",
    ),
    "gate.page.next": ("fällig {at}", "due {at}"),
    "gate.page.again": ("neuer Versuch {at}, {reason}", "tried again {at}, {reason}"),
    "gate.feed.new": ("noch nie gelesen", "never read yet"),
    "gate.feed.read": ("gelesen {at}, wieder {next}", "read {at}, next {next}"),
    "gate.feed.newest": (
        "letzter Artikel von dort {at}, {n} insgesamt",
        "last article from there {at}, {n} in all",
    ),
    "gate.feed.none": ("noch kein Artikel von dort", "no article from there yet"),
    "gate.feed.window": (
        "zeigt {n} Einträge, bei seinem Rhythmus etwa {span} weit zurück",
        "shows {n} entries, at its rhythm about {span} back",
    ),
    "gate.feed.failing": (
        "gestört seit {since} ({error}): seit {at} kann er gekommen und gegangen sein",
        "failing since {since} ({error}): it may have come and gone since {at}",
    ),
    "gate.feed.gap": (
        "gelesen nur alle {wait}: dazwischen kann er gekommen und gegangen sein",
        "read only every {wait}: it may have come and gone in between",
    ),
    "gate.feed.first": (
        "was vor dem {at} nicht mehr darin stand, wurde nie gesehen",
        "what had left it before {at} was never seen",
    ),
}
