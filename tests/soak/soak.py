#!/usr/bin/env python3
"""Kill everything at random moments, and show that nothing was lost and nothing learnt twice.

  soak.py PROGRAM [--kills 50] [--seed 1] [--keep FOLDER]

A teacher that publishes while it teaches, a bridge to a broker, a broker on a unix socket, a collector and four targets (two over
the broker, one of them as silicon that takes no pulse back; two from the folder) are processes of their own. SIGKILL meets one
of them at a time, which is started again at once. Beside them an undisturbed teacher and undisturbed targets do the same.
Afterwards the logs must be equal byte for byte, the memristors bit for bit, presentations and pulses counted once, and the last
report of every target must be with the collector (a broker that is killed loses what it held; targets report again). Exit 77: mosquitto is not installed.
"""
import argparse
import collections
import ctypes
import json
import math
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
PATIENCE = 120  # for an epoch to be active everywhere [s]
EXAMPLES = 600


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Process:
    """A command that is started again whenever it is killed."""

    def __init__(self, name, command, log):
        self.name, self.command, self.log, self.child = name, [str(word) for word in command], log, None

    def start(self):
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(self.command, stdout=log, stderr=log, preexec_fn=die_with_parent)

    def alive(self):
        return self.child is not None and self.child.poll() is None

    def kill(self):
        self.child.kill()
        self.child.wait()

    def end(self):
        if self.alive():
            self.child.terminate()
            try:
                self.child.wait(10)
            except subprocess.TimeoutExpired:
                sys.exit(f"{self.name}: SIGTERM did not end it within 10 s")


class Soak:
    def __init__(self, program, folder, seed):
        self.program, self.folder, self.chance = program, folder, random.Random(seed)
        os.environ["ASSIMILAATE_KEYS"] = str(folder / "keys")
        for what in ("model", "data"):
            subprocess.run([sys.executable, HERE.parent / "cli/make.py", what, folder / ("m.onnx" if what == "model" else what)]
                           + (["2000", "100"] if what == "data" else []), check=True)
        self.run("teach", folder / "first", "--model", folder / "m.onnx", "--data", folder / "data", "--examples", 50, "--fit", 100)  # makes a key
        socket = folder / "broker.sock"
        (folder / "broker.conf").write_text(
            f"listener 0 {socket}\nallow_anonymous true\npersistence false\nuser root\n"
            "max_inflight_messages 64\nmax_queued_messages 0\nmax_queued_bytes 16777216\n")
        self.broker_url = f"mqtt://{socket}"
        self.stream = folder / "stream"
        learning = ["--passes", "20", "--rounds", "10", "--group", "50", "--poll", "0.05", "--profile", "damaged", "--tolerance", "0.2"]
        self.targets = {}
        for number, (source, more) in enumerate([(self.broker_url, []), (self.stream, []), (self.stream, ["--one-bank"]),
                                                 (self.broker_url, ["--keeps-pulses"])]):
            command = ["--number", number, *learning, *more]
            self.targets[f"target{number}"] = (source, command, "--keeps-pulses" in more)
        broker = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin")
        if broker is None:
            print("mosquitto is not installed: skipped")
            sys.exit(77)
        self.processes = {}
        self.add("broker", [broker, "-c", folder / "broker.conf"])
        self.add("bridge", [program, "publish", self.stream, self.broker_url, "--follow"])
        self.add("collector", [program, "collect", self.broker_url, folder / "fleet.db"])
        for name, (source, command, _) in self.targets.items():
            self.add(name, [program, "subscribe", source, folder / name, *command, "--reports", self.broker_url, "--repeat", "0.5"])
        self.killed = collections.Counter()

    def add(self, name, command):
        self.processes[name] = Process(name, command, self.folder / f"{name}.log")

    def run(self, *words):
        done = subprocess.run([self.program, *map(str, words)], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(map(str, words))}: exit {done.returncode}: {done.stderr}")
        return done.stdout

    def teaching(self, stream, epoch):
        keep = ["--update"] if epoch > 1 else []
        return ["teach", stream, "--model", self.folder / "m.onnx", "--data", self.folder / "data", "--examples", EXAMPLES,
                "--held-out", "200", "--fit", "500", "--live", "10", "--seed", epoch, *keep]

    def taught(self, epoch):
        done = subprocess.run([self.program, "inspect", self.stream, "--json"], capture_output=True, text=True)
        if done.returncode != 0:
            return False
        facts = json.loads(done.stdout)
        return facts["epoch"] == epoch and facts["closed"]

    def facts(self, name):
        done = subprocess.run([self.program, "inspect", self.folder / name, "--json"], capture_output=True, text=True)
        return json.loads(done.stdout) if done.returncode == 0 else {"serving_epoch": 0}

    def epoch(self, epoch, kills):
        """Teach one epoch until it is active everywhere, killing on the way; kills that are left."""
        teacher = Process("teacher", [self.program, *self.teaching(self.stream, epoch), "--resume"], self.folder / "teacher.log")
        taught = False
        deadline = time.monotonic() + PATIENCE
        while True:
            if not taught and not teacher.alive():
                taught = self.taught(epoch)
                if not taught:
                    teacher.start()
            for process in self.processes.values():
                if not process.alive():
                    process.start()
            if kills > 0:
                time.sleep(self.chance.uniform(0.0, 0.25))
                victims = [p for p in [teacher, *self.processes.values()] if p.alive()]
                victim = teacher if teacher.alive() and self.chance.random() < 0.5 else self.chance.choice(victims)
                if victim.alive():
                    victim.kill()
                    self.killed[victim.name] += 1
                    kills -= 1
            else:
                time.sleep(0.2)
            if taught and all(self.facts(name)["serving_epoch"] == epoch for name in self.targets):
                return kills
            if time.monotonic() > deadline:
                sys.exit(f"epoch {epoch} is not active everywhere after {PATIENCE} s: "
                         + ", ".join(f"{name} at {self.facts(name)['serving_epoch']}" for name in self.targets))

    def undisturbed(self, epoch):
        reference = self.folder / "reference"
        self.run(*self.teaching(reference, epoch))
        for name, (_, command, _) in self.targets.items():
            plain = [word for word in command if word != "--keeps-pulses"]
            self.run("subscribe", reference, self.folder / f"reference_{name}", *plain, "--once", "--reports", "none")

    def compare(self, epoch):
        wrong = []
        for log in sorted(self.folder.glob("reference/streams/*/*/log.aat")):
            other = self.stream / log.relative_to(self.folder / "reference")
            if not other.exists() or other.read_bytes() != log.read_bytes():
                wrong.append(f"{other}: not the log of the undisturbed teacher")
        for name, (_, _, silicon) in self.targets.items():
            mine, twin = self.facts(name), self.facts(f"reference_{name}")
            bank, other = mine["serving"], twin["serving"]
            if silicon:
                share, of = other["banks"][-1]["agreement"], 200 * 10
                if abs(bank["banks"][-1]["agreement"] - share) > 3 * math.sqrt(2 * max(share, .01) * (1 - share) / 200) + 1 / of:
                    wrong.append(f"{name}: agreement {bank['banks'][-1]['agreement']} beside {share} of its undisturbed twin")
                print(f"{name}: takes no pulse back: agreement {bank['banks'][-1]['agreement']:.4f}, undisturbed {share:.4f}; "
                      f"memristors {'the same' if bank['memristors'] == other['memristors'] else 'others'}")
                continue
            if bank["memristors"] != other["memristors"]:
                wrong.append(f"{name}: its memristors are not those of its undisturbed twin")
            for mine_bank, twin_bank in zip(bank["banks"], other["banks"]):
                for count in ("presentations", "pulses", "agreement"):
                    if mine_bank[count] != twin_bank[count]:
                        wrong.append(f"{name}, {mine_bank['transform']}: {mine_bank[count]} {count}, {twin_bank[count]} undisturbed")
            print(f"{name}: bit for bit its undisturbed twin, {sum(b['presentations'] for b in bank['banks'])} presentations")
        with sqlite3.connect(self.folder / "fleet.db") as database:
            for name in self.targets:
                row = database.execute("SELECT state, active_epoch FROM reports WHERE device = ? ORDER BY counter DESC LIMIT 1",
                                       (bytes.fromhex(self.facts(name)["name"]),)).fetchone()
                if row is None or row[1] != epoch:
                    wrong.append(f"{name}: the collector's last report says {row}, not epoch {epoch}")
        return wrong


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("program")
    options.add_argument("--kills", type=int, default=50)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--keep", help="a folder for all files, which stays")
    given = options.parse_args()
    folder = pathlib.Path(given.keep or tempfile.mkdtemp(prefix="soak-"))
    folder.mkdir(exist_ok=True)
    try:
        soak = Soak(str(pathlib.Path(given.program).resolve()), folder, given.seed)
        epoch, kills, start = 0, given.kills, time.monotonic()
        while kills > 0:
            epoch += 1
            kills = soak.epoch(epoch, kills)
            soak.undisturbed(epoch)
        time.sleep(2)  # reports under way
        for process in soak.processes.values():
            process.end()
        wrong = soak.compare(epoch)
        print(f"{given.kills} kills in {time.monotonic() - start:.0f} s and {epoch} epochs: "
              + ", ".join(f"{name} {count}" for name, count in sorted(soak.killed.items())))
        for each in wrong:
            print("WRONG:", each)
        sys.exit(1 if wrong else 0)
    finally:
        if not given.keep:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
