"""Measures the commands that look for 300 references, without a network.

time.py COMFY SCRATCH

The project records 300 models that are here and have no source, so that `find-sources --local` has as
much to do. Medians and fastest runs, in milliseconds, process included.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import time

comfy, scratch = sys.argv[1:]
rounds = 20
place = os.path.join(scratch, "timed")
shutil.rmtree(place, ignore_errors=True)
os.makedirs(os.path.join(place, "models", "checkpoints"))
os.chdir(place)


def run(*command, input=None):
    result = subprocess.run([comfy, *command], input=input, capture_output=True, text=True)
    if result.returncode not in (0, 1):
        sys.exit(result.stderr)
    return result.stdout


nodes = {}
for number in range(300):
    name = f"{number}.ckpt"
    nodes[str(number)] = {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": name}}
    with open(os.path.join("models", "checkpoints", name), "w") as file:
        file.write(name)
with open("flow.json", "w") as file:
    json.dump(nodes, file)
subprocess.run(["git", "init", "--quiet"], check=True)
run("init", "--models-dir", "models")
run("resolve", "--yes", "flow.json")

with open(os.path.join(scratch, "references.json")) as file:
    foreign = "".join(line for _, line in zip(range(300), file))
own = run("list-refs", "--json", "flow.json")
for title, input, command in [
    ("match-refs, files here", own, ["match-refs", "--all"]),
    ("match-refs, files missing", foreign, ["match-refs", "--all"]),
    ("find-sources", foreign, ["find-sources", "--all"]),
    ("find-sources --local", None, ["find-sources", "--local"]),
]:
    times = []
    for _ in range(rounds + 3):
        start = time.monotonic()
        run(*command, input=input)
        times.append((time.monotonic() - start) * 1000)
    times = times[3:]
    count = 300 if input is None else input.count("\n")
    print(f"{title}: {count} references, {statistics.median(times):.0f} ms ({min(times):.0f} at best)")
