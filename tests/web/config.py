"""What the page is served with, in its tests and where it is measured."""

CONFIG = """\
timezone = "UTC"

[channels.mail]
url = "file://mail.txt"

[[routes]]
channels = ["mail"]

[web]
listen = "127.0.0.1:0"

[classifier]
encoder = "off"
"""
