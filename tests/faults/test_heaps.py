"""C2, B6: threads share their heaps, and what is free of them can be given back."""

import subprocess
import sys

import pytest

COUNT = """
import ctypes, os, sys, threading
from monitor.adapters.heap import limit_heaps

if sys.argv[1] == "limited":
    limit_heaps()
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fdopen.restype = ctypes.c_void_p
together = threading.Barrier(8)

def take():
    together.wait()
    libc.malloc(ctypes.c_size_t(100_000))
    together.wait()

threads = [threading.Thread(target=take) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
read, write = os.pipe()
file = ctypes.c_void_p(libc.fdopen(write, b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
print(os.read(read, 1 << 20).decode().count("<heap nr="))
"""
"""Eight threads take memory at the same time; the C library says how many heaps that made."""

HOLD = """
import ctypes, resource
from monitor.adapters.heap import trim_heap

def weigh():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()

libc = ctypes.CDLL(None)
libc.calloc.restype = ctypes.c_void_p
blocks = [ctypes.c_void_p(libc.calloc(1, 100_000)) for _ in range(500)]
for block in blocks:
    ctypes.memset(block, 1, 100_000)
full = weigh()
for block in blocks[:-1]:
    libc.free(block)
trim_heap()
print(full - weigh())
"""
"""Of 50 MB only the last block stays in use, which keeps the heap from shrinking by itself."""


def count_heaps(how: str) -> int:
    command = (sys.executable, "-c", COUNT, how)
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return int(done.stdout)


@pytest.mark.fault("C2")
@pytest.mark.skipif(sys.platform != "linux", reason="counts the heaps of glibc")
def test_threads_share_two_heaps() -> None:
    assert count_heaps("limited") <= 2 < count_heaps("as they come")


@pytest.mark.fault("B6")
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_is_free_is_given_back() -> None:
    command = (sys.executable, "-c", HOLD)
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert int(done.stdout) > 40_000_000
