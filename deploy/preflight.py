"""Say in one line what this machine's Python lacks, before anything is set up.

Runs on the Python that is to be checked, so it keeps to what older ones understand.
"""

import sys

NEEDED = (3, 11)


def find_lack():
    """Give the complaint with its remedy, or None when all is there."""
    if sys.version_info < NEEDED:
        found = ".".join(map(str, sys.version_info[:2]))
        return "monitor needs Python 3.11 or newer, not " + found + "; try: make PYTHON=python3.11"
    try:
        import ensurepip  # noqa: F401, PLC0415  # its absence is what is asked here
        import venv  # noqa: F401, PLC0415
    except ImportError:
        return "this Python cannot make environments; install its part: apt install python3-venv"
    return None


if __name__ == "__main__":
    sys.exit(find_lack())
