"""Processes that are measured from outside: started, asked line by line, spoken to as engines, watched for memory."""
import json
import os
import pathlib
import subprocess
import threading
import time


def wall_seconds(commands: list[list[str]], environment: dict) -> float:
    """Of all commands, one after another, each a fresh process."""
    start = time.perf_counter()
    for command in commands:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    return time.perf_counter() - start


def seconds_until_line(command: list[str], line: str, environment: dict) -> float:
    """From the start of the process until it has written this line; then its end is waited for."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment) as process:
        for written in process.stdout:
            if written.strip() == line:
                seconds = time.perf_counter() - start
                process.communicate(timeout=30)
                return seconds
    raise RuntimeError(f"{' '.join(command)} ended without having said {line!r}")


class LineServer:
    """A process that answers every line with the milliseconds a run took. `facts` is the JSON it begins with."""

    def __init__(self, command: list[str], environment: dict):
        self.command = command
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True, bufsize=1, env=environment)
        self.facts = json.loads(self._line())

    def _line(self) -> str:
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{' '.join(self.command)} ended with status {self.process.wait()}; run it by hand to see why")
        return line

    def milliseconds(self, request: str) -> float:
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        return float(self._line())

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(30)


class Engine:
    """heedmap-engine, asked through its protocol (core/protocol/PROTOCOL.md)."""

    def __init__(self, program: str, environment: dict):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, env=environment)
        self.asked = 0
        self.request("initialize", {"protocol": 1, "client": "heedmap bench"})

    def request(self, method: str, params: dict) -> dict:
        self.asked += 1
        body = json.dumps({"jsonrpc": "2.0", "id": self.asked, "method": method, "params": params}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()
        while True:
            message = self._message()
            if message.get("id") == self.asked:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]

    def _message(self) -> dict:
        length = 0
        while (line := self.process.stdout.readline()) not in (b"\r\n", b""):
            name, value = line.decode().split(":", 1)
            if name.lower() == "content-length":
                length = int(value)
        if not length:
            raise RuntimeError("heedmap-engine ended")
        return json.loads(self.process.stdout.read(length))

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(30)


def tree_of(process: int) -> list[int]:
    """The process and all below it."""
    found = [process]
    for member in found:
        for children in pathlib.Path(f"/proc/{member}/task").glob("*/children"):
            try:
                found += [int(child) for child in children.read_text().split()]
            except OSError:
                pass  # it has just ended
    return found


def resident_mebibytes(process: int) -> tuple[float, float]:
    """Anonymous and mapped memory in RAM."""
    try:
        lines = pathlib.Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0, 0
    values = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines if line.startswith("Rss")}
    return values.get("RssAnon", 0), values.get("RssFile", 0) + values.get("RssShmem", 0)


def peak_mebibytes(command: list[str], environment: dict, period_seconds: float = 0.005) -> tuple[float, float]:
    """The largest sums of anonymous and of mapped memory over the processes of a command, looked at every period."""
    anonymous = mapped = 0.0
    ended = threading.Event()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment) as process:
        def wait():
            process.wait()
            ended.set()

        threading.Thread(target=wait).start()
        while not ended.wait(period_seconds):
            sums = [sum(part) for part in zip(*map(resident_mebibytes, tree_of(process.pid)))]
            anonymous, mapped = max(anonymous, sums[0]), max(mapped, sums[1])
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} failed with status {process.returncode}")
    return anonymous, mapped


def busy_load() -> float:
    """How many processes wanted a core in the last minute."""
    return os.getloadavg()[0]
