"""The machine of the long run: a project, its disk, its clock, and what runs on it."""
import json
import os
import pathlib
import pty
import re
import socket
import subprocess
import sys
import threading
import time

import origin

HERE = pathlib.Path(__file__).parent
HUB = "https://huggingface.co/long/run/resolve/main/"
# Seconds without any progress after which the story does not go on by itself.
LONGEST = 600


class Breach(Exception):
    """What should not have happened."""


def until(what, condition):
    """Waits until a condition holds, and returns what it gave."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise Breach(f"{what}: not within {LONGEST} seconds")


class Machine:
    """Folders, settings, the server, and one log of all downloads."""

    def __init__(self, root, program):
        self.root, self.program = root, program
        self.project, self.models = root / "project", root / "models"
        self.hub, self.log = root / "hub", Log(root / "log")
        self.ahead = root / "ahead"
        for folder in [root / "home", self.project / "workflows", self.models, self.hub]:
            folder.mkdir(parents=True)
        self.port = free_port()
        self.server = None
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(root / "home"), "LC_ALL": "C.UTF-8",
            "TERM": "xterm", "COLUMNS": "100", "GIT_CONFIG_NOSYSTEM": "1",
            "HF_ENDPOINT": f"http://127.0.0.1:{self.port}", "COMFY_MIRROR_TOKEN": "1",
            "COMFY_ALLOW_PRIVATE_HOSTS": "1"}
        self.accept("first")
        self.set_token("first")
        self.prepare_clock()

    # What runs

    def command(self, *arguments, text=None):
        """Runs a command of the program; its status and both streams."""
        return subprocess.run(
            [self.program, *arguments], cwd=self.project, env=self.environment, input=text or "",
            capture_output=True, text=True)

    def git(self, *arguments):
        return subprocess.run(
            ["git", *arguments], cwd=self.project, env=self.environment, capture_output=True,
            text=True)

    def records(self, *arguments):
        """The JSON records of a command."""
        return [json.loads(line) for line in self.command(*arguments).stdout.splitlines()]

    def accept(self, token):
        """Has the hub accept this token alone: the one before it expires."""
        (self.hub / "token").write_text(token)

    def set_token(self, token):
        """Gives a token to the programs that start from now on."""
        self.environment["HF_TOKEN"] = token

    # The server

    def start_server(self):
        self.server = subprocess.Popen(
            [sys.executable, HERE / "origin.py", str(self.port), self.hub],
            stderr=subprocess.DEVNULL)
        until("the server starts", self.answers)

    def answers(self):
        with socket.socket() as connection:
            return connection.connect_ex(("127.0.0.1", self.port)) == 0

    def kill_server(self):
        self.server.kill()
        self.server.wait()

    # The disk

    def mount_models(self, size):
        """Gives the models a disk of their own; whether that is allowed here."""
        return subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "long-run", self.models],
            stderr=subprocess.DEVNULL).returncode == 0

    def fill_disk(self):
        """Writes until nothing more fits. Others delete meanwhile: call it again."""
        with open(self.models / "ballast", "ab", buffering=0) as ballast:
            for size in [1 << 20, 1 << 12]:
                try:
                    while True:
                        ballast.write(bytes(size))
                except OSError:
                    pass

    def free_disk(self):
        (self.models / "ballast").unlink()

    # The clock

    def prepare_clock(self):
        """Preloads a clock that can be put forward; whether there is one."""
        library = self.root / "clock.so"
        self.put_clock_forward(0)
        try:
            built = subprocess.run(
                ["cc", "-shared", "-fPIC", "-o", library, HERE / "clock.c"],
                stderr=subprocess.DEVNULL).returncode == 0
        except FileNotFoundError:
            built = False
        if built:
            self.environment |= {"LD_PRELOAD": str(library), "AHEAD": str(self.ahead)}
        self.has_clock = built

    def put_clock_forward(self, seconds):
        self.ahead.write_text(f"{seconds:020}")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Log:
    """The log of all downloads, read as it grows."""

    def __init__(self, path):
        self.path, self.position, self.rest = path, 0, b""
        self.events, self.landed = [], set()

    def read(self):
        """Takes what is new. A line that is no record is a breach; half a line may get its end."""
        if not self.path.exists():
            return self
        with open(self.path, "rb") as file:
            file.seek(self.position)
            new = file.read()
        self.position += len(new)
        *lines, self.rest = (self.rest + new).split(b"\n")
        for line in lines:
            try:
                event = json.loads(line)
            except ValueError as error:
                raise Breach(f"the log is torn: {line[:200]!r}: {error}") from None
            self.events.append(event)
            if event["event"] == "file_complete" and event["success"]:
                self.landed.add(event["filename"])
        return self

    def count(self, event):
        return sum(each["event"] == event for each in self.read().events)


class Fetcher:
    """One `comfy fetch-intents`, and the memory that it takes."""

    def __init__(self, machine, name, terminal=False):
        self.machine, self.name = machine, name
        self.output = machine.root / f"{name}.output"
        self.peaks, self.status = [], None
        command = [machine.program, "fetch-intents", "--jobs", "8", "--log", str(machine.log.path)]
        self.begun_with = len(machine.log.read().landed)
        if terminal:
            self.start_on_terminal(command)
        else:
            with open(self.output, "wb") as output:
                self.process = subprocess.Popen(
                    command, cwd=machine.project, env=machine.environment,
                    stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
            self.pid = self.process.pid

    # A shell with job control, as a person has one: Ctrl-Z gives it the terminal back, and a line
    # has it bring the program to the foreground again.
    SHELL = """set -m; "$@"; code=$?
        while [ $code -eq 148 ]; do read -r _; fg > /dev/null; code=$?; done; exit $code"""

    def start_on_terminal(self, command):
        self.process = None
        self.shell, self.terminal = pty.fork()
        if self.shell == 0:
            os.chdir(self.machine.project)
            os.execvpe(
                "bash", ["bash", "-c", self.SHELL, "bash", *command], self.machine.environment)
        threading.Thread(target=self.drain, daemon=True).start()
        self.pid = until("the program starts", lambda: self.child_of_shell() or self.has_ended())

    def drain(self):
        with open(self.output, "wb", buffering=0) as output:
            try:
                while chunk := os.read(self.terminal, 1 << 16):
                    output.write(chunk)
            except OSError:
                pass  # The other side is closed.

    def child_of_shell(self):
        # The name tells it from the shell's own copy before it becomes the program.
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                found = re.match(r"(\d+) \((.*)\) \S (\d+)", stat.read_text())
            except OSError:
                continue
            if int(found[3]) == self.shell and found[2] == self.machine.program.name[:15]:
                return int(found[1])
        return None

    def processes(self):
        """The run, behind the shell that watches over it: a shell takes a stopped program from the
        terminal."""
        return [self.pid] if self.process else [self.shell, self.pid]

    def type(self, keys):
        os.write(self.terminal, keys)

    def has_ended(self):
        if self.status is None and self.process:
            self.status = self.process.poll()
        elif self.status is None:
            pid, status = os.waitpid(self.shell, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None

    def end(self):
        """Waits for the end; the exit status."""
        until(f"{self.name} ends", self.has_ended)
        return self.status

    def reach(self, count):
        """Waits until so many files have landed, of all runs together."""
        def reached():
            if len(self.machine.log.read().landed) >= count:
                return True
            if self.has_ended():
                raise Breach(
                    f"{self.name} ended with {self.status} at {len(self.machine.log.landed)} files "
                    f"of {count}: {self.words()[-600:]}")
            return False
        until(f"{self.name} has {count} files", reached)

    def words(self):
        return self.output.read_text(errors="replace")

    def is_stopped(self):
        return self.field("State").startswith("T")

    def field(self, name):
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return re.search(rf"^{name}:\s+(.*)$", status, re.MULTILINE)[1]

    def take_peak(self):
        """The largest memory since the last call, in kB; the count begins anew."""
        self.peaks.append(int(self.field("VmHWM").split()[0]))
        pathlib.Path(f"/proc/{self.pid}/clear_refs").write_text("5")
        return self.peaks[-1]


class Bystander:
    """A command that somebody runs again and again meanwhile."""

    def __init__(self, machine, statuses, commands):
        self.machine, self.statuses = machine, statuses
        self.commands, self.runs, self.breaches = commands, 0, []
        self.may_run = threading.Event()
        self.may_run.set()
        self.is_over = False
        self.thread = threading.Thread(target=self.go_on, daemon=True)
        self.thread.start()

    def go_on(self):
        for arguments in self.commands:
            self.may_run.wait()
            if self.is_over:
                return
            ran = self.machine.command(*arguments)
            self.runs += 1
            if ran.returncode not in self.statuses:
                self.breaches.append(
                    f"{' '.join(arguments)} ends with {ran.returncode}: {ran.stderr}")

    def finish(self):
        """Waits for a list of commands that ends, or ends one that does not."""
        self.thread.join()
        return self.breaches

    def stop(self):
        self.is_over = True
        return self.finish()
