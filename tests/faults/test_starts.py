"""A4, B4, F2, F3: what keeps the program from starting is one line, and what is unwise is said."""

import pytest

from tests.e2e.program import EX_CONFIG, Program, wait_until


@pytest.mark.fault("A4")
def test_of_two_that_start_at_once_one_runs(program: Program) -> None:
    program.configure('[channels.file]\nurl = "file://alerts.txt"\n')
    with program.start("run") as one, program.start("run") as other:
        wait_until(
            lambda: one.process.poll() is not None or other.process.poll() is not None,
            "the end of one",
        )
        loser, winner = (one, other) if one.process.poll() is not None else (other, one)
        assert loser.process.returncode == 1
        assert loser.log.startswith("monitor: another monitor runs on this database")
        winner.until(lambda: program.rows("SELECT 1 FROM note"), "a database in use")
        assert winner.process.poll() is None


@pytest.mark.fault("B4")
@pytest.mark.parametrize("verb", [("run",), ("status",)], ids=lambda verb: verb[0])
@pytest.mark.parametrize(
    "path", ["regular-file/monitor.sqlite", "/proc/monitor.sqlite", "missing/folder/monitor.sqlite"]
)
def test_a_database_that_cannot_be_written_is_one_line(
    program: Program, path: str, verb: tuple[str, ...]
) -> None:
    (program.folder / "regular-file").touch()
    program.configure(f'[storage]\npath = "{path}"\n')
    done = program.run(*verb)
    assert done.returncode == EX_CONFIG
    (line,) = done.stderr.splitlines()
    assert line.startswith("monitor: ")
    assert "monitor.sqlite" in line


@pytest.mark.fault("F3")
@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[polling]\nintervall = '5m'\n", 'config.toml:2: unknown key "intervall"'),
        ("\n[polling]\ninterval = '0s'\n", "config.toml:3: "),
        ("[channels.chat]\nurl = 'discrod://a/b'\n", "config.toml:2: "),
        ("[[feeds]]\nurl = 'ftp://blatt.example/feed'\n", "config.toml:2: "),
        ("[[topics]]\nname = 'ai-overbild'\n", "config.toml:2: "),
    ],
    ids=["unknown key", "0 s", "channel", "feed", "topic"],
)
def test_a_mistake_in_the_configuration_is_told_with_its_line(
    program: Program, text: str, line: str
) -> None:
    program.configure(text)
    done = program.run("run", "--once")
    assert done.returncode == EX_CONFIG
    (told,) = done.stderr.splitlines()
    assert told.startswith(f"monitor: {line}")
    assert not program.database.exists()


@pytest.mark.fault("F2")
@pytest.mark.parametrize(("mode", "warned"), [(0o644, True), (0o600, False)], ids=oct)
def test_a_secret_that_everyone_can_read_is_warned_of_at_start(
    program: Program, mode: int, warned: bool
) -> None:
    program.configure('[channels.chat]\nurl = "json://me:geheim-4711@127.0.0.1:1/"\n')
    program.config.chmod(mode)
    done = program.run("run", "--once")
    assert done.returncode == 0
    assert ("every user can read it" in done.stderr) is warned
    assert "geheim-4711" not in done.stderr
