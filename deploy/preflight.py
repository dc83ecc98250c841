"""Say in one line what this machine's Python lacks, before anything is set up.

It runs on the Python that is to be checked, so it keeps to what older ones understand.
"""

import sys

NEEDED = (3, 11)


def find_lack(version=sys.version_info):
    """Give the complaint with its remedy, or None when all is there."""
    if version < NEEDED:
        found = ".".join(map(str, version[:2]))
        return "monitor needs Python 3.11 or newer, not " + found + "; try: make PYTHON=python3.11"
    try:
        import ensurepip  # noqa: F401, PLC0415  # its absence is what is asked here
        import venv  # noqa: F401, PLC0415
    except ImportError:
        return "this Python cannot make environments; run: apt install python3-venv"
    return None


if __name__ == "__main__":
    sys.exit(find_lack())
