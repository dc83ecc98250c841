"""Killable processes: every way a call can end, and that nothing stays behind."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.adapters.worker import FreshWorker, Worker
from monitor.errors import NotAFeed, WorkerDied, WorkerTimeout

SOON = timedelta(seconds=0.3)
LATE = timedelta(seconds=20)
MEMORY = 512 * 2**20


def add(left: int, right: int) -> int:
    return left + right


def pid() -> int:
    return os.getpid()


def count(body: bytes) -> int:
    return len(body)


def hang() -> None:
    signal.pause()


def hang_after_writing_pid(path: str) -> None:
    Path(path).write_text(str(os.getpid()))
    signal.pause()


def refuse() -> None:
    raise NotAFeed("a web page")


def stumble() -> None:
    raise ValueError("first line\nsecond line")


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def eat() -> int:
    return len(bytes(2**30))


def give_what_cannot_travel() -> object:
    return lambda: None


def leave() -> None:
    sys.exit(3)


def spin_after_writing_pid(path: str) -> None:
    """Stay inside one long call of C code that never looks at signals."""
    Path(path).write_text(str(os.getpid()))
    re.match(r"(a|a)*b", "a" * 60)


def handlers() -> tuple[bool, bool]:
    ignores_interrupt = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    return ignores_interrupt, signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def main_file() -> str | None:
    return getattr(sys.modules["__main__"], "__file__", None)


def exists(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    worker = Worker("test", memory=MEMORY)
    yield worker
    await worker.close()


async def test_a_call_gives_the_functions_result(worker: Worker) -> None:
    assert await worker.call(add, 2, 3, deadline=LATE) == 5


async def test_a_process_serves_many_calls(worker: Worker) -> None:
    assert await worker.call(pid, deadline=LATE) == await worker.call(pid, deadline=LATE)


async def test_ten_megabytes_go_in(worker: Worker) -> None:
    assert await worker.call(count, bytes(10**7), deadline=LATE) == 10**7


async def test_the_functions_own_error_comes_back_and_the_process_stays(worker: Worker) -> None:
    before = await worker.call(pid, deadline=LATE)
    with pytest.raises(NotAFeed, match=r"^a web page$"):
        await worker.call(refuse, deadline=LATE)
    assert await worker.call(pid, deadline=LATE) == before


@pytest.mark.fault("A8")
@pytest.mark.parametrize(
    ("accident", "reason"),
    [
        (stumble, "test: ValueError first line second line"),
        (crash, "test: killed by SIGSEGV"),
        (eat, "test: MemoryError"),
        (give_what_cannot_travel, "test: .*pickle"),
        (leave, "test: ended without an answer, exit code 3"),
    ],
)
async def test_after_an_accident_the_next_call_has_a_new_process(
    worker: Worker, accident: Callable[[], object], reason: str
) -> None:
    before = await worker.call(pid, deadline=LATE)
    with pytest.raises(WorkerDied, match=reason):
        await worker.call(accident, deadline=LATE)
    assert await worker.call(pid, deadline=LATE) != before
    assert not exists(before)


@pytest.mark.fault("D2")
async def test_a_call_past_its_deadline_is_killed_and_leaves_nothing(worker: Worker) -> None:
    before = await worker.call(pid, deadline=LATE)
    with pytest.raises(WorkerTimeout, match=r"killed after 0\.3 s"):
        await worker.call(hang, deadline=SOON)
    assert not exists(before)
    assert await worker.call(add, 1, 1, deadline=LATE) == 2


async def test_cancelling_the_task_kills_the_work(worker: Worker, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    task = asyncio.create_task(worker.call(hang_after_writing_pid, str(note), deadline=LATE))
    process = await pid_in(note)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not exists(process)


async def test_a_process_killed_while_idle_costs_no_call(worker: Worker) -> None:
    before = await worker.call(pid, deadline=LATE)
    os.kill(before, signal.SIGKILL)
    await until(lambda: not exists(before))
    assert await worker.call(add, 1, 1, deadline=LATE) == 2


@pytest.mark.fault("D9")
async def test_a_process_is_recycled_after_so_many_calls() -> None:
    worker = Worker("test", recycle_after=2)
    pids = [await worker.call(pid, deadline=LATE) for _ in range(5)]
    await worker.close()
    assert pids[0] == pids[1] != pids[2] == pids[3] != pids[4]


@pytest.mark.fault("D9")
async def test_a_call_counts_for_as_much_as_its_work() -> None:
    worker = Worker("test", recycle_after=64)
    pids = [await worker.call(pid, deadline=LATE, work=work) for work in (0, 63, 0, 1, 64, 1)]
    await worker.close()
    assert len(set(pids[:4])) == 1
    assert len(set(pids[3:])) == 3


async def test_size_processes_work_at_the_same_time_and_no_more() -> None:
    worker = Worker("test", size=2)
    calls = [worker.call(pid, deadline=LATE) for _ in range(6)]
    pids = set(await asyncio.gather(*calls))
    await worker.close()
    assert len(pids) == 2


async def test_a_fresh_worker_takes_a_new_process_for_each_call() -> None:
    worker = FreshWorker("test")
    pids = [await worker.call(pid, deadline=LATE) for _ in range(3)]
    await worker.close()
    assert len(set(pids)) == 3
    assert not any(exists(each) for each in pids)


async def test_closing_ends_calls_under_way_and_refuses_new_ones(tmp_path: Path) -> None:
    worker = Worker("test")
    note = tmp_path / "pid"
    task = asyncio.create_task(worker.call(hang_after_writing_pid, str(note), deadline=LATE))
    process = await pid_in(note)
    await worker.close()
    with pytest.raises(WorkerDied):
        await task
    with pytest.raises(WorkerDied, match="closed"):
        await worker.call(add, 1, 1, deadline=LATE)
    assert not exists(process)


async def test_the_loop_goes_on_while_a_call_runs(worker: Worker) -> None:
    await worker.call(pid, deadline=LATE)
    call = asyncio.create_task(worker.call(hang, deadline=SOON))
    turns = 0
    while not call.done():
        await asyncio.sleep(0.01)
        turns += 1
    assert isinstance(call.exception(), WorkerTimeout)
    assert turns > 10


async def test_no_file_is_leaked_by_calls_kills_and_crashes(worker: Worker) -> None:
    await worker.call(add, 1, 1, deadline=LATE)
    before = open_files()
    for function in (stumble, crash, leave):
        with pytest.raises(WorkerDied):
            await worker.call(function, deadline=LATE)
    await worker.call(add, 1, 1, deadline=LATE)
    assert open_files() == before


async def test_a_child_ignores_the_interrupt_key_and_does_not_run_the_callers_script(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "script.py"
    script.write_text("raise SystemExit('it was run')\n", encoding="utf-8")
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(script), raising=False)
    assert await worker.call(handlers, deadline=LATE) == (True, True)
    assert await worker.call(main_file, deadline=LATE) is None
    assert main_file() == str(script)


PARENT = """
import asyncio, datetime, sys
sys.path.insert(0, sys.argv[1])
from test_worker import Worker, spin_after_writing_pid
deadline = datetime.timedelta(seconds=60)
asyncio.run(Worker("test").call(spin_after_writing_pid, sys.argv[2], deadline=deadline))
"""


@pytest.mark.fault("A1")
async def test_a_busy_child_dies_with_its_parent(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    folder = str(Path(__file__).parent)
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, folder, str(note))
    process = await pid_in(note)
    parent.kill()
    await parent.wait()
    await until(lambda: not exists(process))


async def pid_in(note: Path) -> int:
    await until(lambda: note.exists() and note.read_text() != "")
    return int(note.read_text())  # noqa: ASYNC240 - five bytes in memory


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what other processes do sets no event
            await asyncio.sleep(0.005)


def test_a_folder_it_is_started_in_lends_no_module_to_a_child(tmp_path: Path) -> None:
    """`python -c`, as which the forkserver begins, would look for feedparser there first."""
    (tmp_path / "feedparser.py").write_text("open('was here', 'w').close()\n")
    script = tmp_path / "bin" / "start.py"
    script.parent.mkdir()
    script.write_text(
        "import asyncio, datetime\n"
        "from monitor.adapters.worker import Worker\n"
        "async def work():\n"
        "    worker = Worker('w')\n"
        "    await worker.call(len, b'', deadline=datetime.timedelta(seconds=20))\n"
        "    await worker.close()\n"
        "asyncio.run(work())\n"
    )
    subprocess.run([sys.executable, str(script)], cwd=tmp_path, check=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bin", "feedparser.py"]
