"""One peer and comfy on one manifest: peer.py PEER PROGRAM DIRECTORY.

The peer writes, comfy resolves and decides, the peer reads and writes again, comfy goes on. Each
step compares what both say about files, hashes, sources and node packages.
"""
import functools
import http.server
import importlib
import json
import os
import pathlib
import subprocess
import sys
import threading

peer, program, root = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
core = f"{peer}_core"


def load(module, name):
    return getattr(importlib.import_module(f"{core}.{module}"), name)


PyprojectManager = load("managers.pyproject_manager", "PyprojectManager")
ModelRepository = load("repositories.model_repository", "ModelRepository")
WorkflowModel = load("models.manifest", "ManifestWorkflowModel")
GlobalModel = load("models.manifest", "ManifestModel")
Reference = load("models.workflow", "WorkflowNodeWidgetRef")
NodeInfo = load("models.shared", "NodeInfo")

project, models, served = root / "project", root / "models", root / "served"
for folder in [project / "workflows", models / "vae", models / "checkpoints", served]:
    folder.mkdir(parents=True)
os.environ["COMFY_MODELS_DIR"] = str(models)
os.environ["COMFY_INDEX"] = str(root / "index.sqlite")


def model(path, seed):
    header = json.dumps({"__metadata__": {"seed": seed}}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header)


def comfy(*arguments, status=0):
    ran = subprocess.run(
        [program, *arguments], cwd=project, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    check(ran.returncode, status, f"comfy {' '.join(arguments)}: {ran.stderr.strip()}")
    return [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]


def check(found, wanted, what):
    if found != wanted:
        sys.exit(f"{peer}: {what}\n  found  {found}\n  wanted {wanted}")


def manager():
    return PyprojectManager(project / "pyproject.toml")


short = functools.partial(ModelRepository.calculate_short_hash, None)
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=served)
http.server.SimpleHTTPRequestHandler.log_message = lambda *_: None
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_port}"

nodes = [
    {"id": 1, "type": "VAELoader", "mode": 0, "widgets_values": ["old.safetensors"]},
    {"id": 2, "type": "CheckpointLoaderSimple", "mode": 0, "widgets_values": ["new.safetensors"]},
    {"id": 3, "type": "Peer Node | x", "mode": 0},
    {"id": 4, "type": "Another Node", "mode": 0},
]
workflow = {"version": 0.4, "links": [], "nodes": nodes}
(project / "workflows/w.json").write_text(json.dumps(workflow))
model(models / "vae/old.safetensors", "old")
model(served / "new.safetensors", "new")
old, new = short(models / "vae/old.safetensors"), short(served / "new.safetensors")
size = (models / "vae/old.safetensors").stat().st_size

# The peer writes.
(project / "pyproject.toml").write_text(
    f'[project]\nname = "peer"\nversion = "0.1.0"\nrequires-python = ">=3.10"\n\n'
    f'[tool.{peer}]\ncomfyui_version = "v0.3.60"\n')
writer = manager()
writer.workflows.set_workflow_models("w", [
    WorkflowModel(
        filename="old.safetensors", category="vae", criticality="flexible", status="resolved",
        hash=old, nodes=[Reference("1", "VAELoader", 0, "old.safetensors")]),
    WorkflowModel(
        filename="new.safetensors", category="checkpoints", criticality="flexible",
        status="unresolved", sources=[f"{base}/new.safetensors"],
        relative_path="checkpoints/new.safetensors",
        nodes=[Reference("2", "CheckpointLoaderSimple", 0, "new.safetensors")]),
])
writer.models.add_model(GlobalModel(
    hash=old, filename="old.safetensors", size=size, relative_path="vae/old.safetensors",
    category="vae", sources=[f"{base}/old.safetensors"]))
writer.nodes.add(
    NodeInfo(name="Peer-Pack", registry_id="peer-pack", version="1.2.3", source="registry"),
    "peer-pack")
writer.workflows.set_custom_node_mapping("w", "Peer Node | x", "peer-pack")
subprocess.run(["git", "init", "-q"], cwd=project, check=True)
subprocess.run(["git", "add", "-A"], cwd=project, check=True)
subprocess.run(["git", "commit", "-qm", "start"], cwd=project, check=True)

# comfy resolves and decides.
comfy("init")
comfy("resolve", "--yes", "w")
found = {record["node_type"]: record for record in comfy("match-nodes", "--json", "w", status=1)}
check(found["Peer Node | x"].get("package_id"), "peer-pack", "the peer's decision")
check(found["Peer Node | x"].get("version"), "1.2.3", "the version in the peer's table")
comfy("set-node", "w", "Another Node", "https://example.org/house/another.git")

# The peer reads.
reader = manager()
entries = {entry.filename: entry for entry in reader.workflows.get_workflow_models("w")}
check({name: entry.hash for name, entry in entries.items()},
      {"old.safetensors": old, "new.safetensors": new}, "hashes of the entries")
check(entries["new.safetensors"].status, "resolved", "status of what was fetched")
rows = {row.hash: row for row in reader.models.get_all()}
check({hash: row.sources for hash, row in rows.items()},
      {old: [f"{base}/old.safetensors"], new: [f"{base}/new.safetensors"]}, "global rows")
check(short(models / rows[new].relative_path), new, "the file at the row's path")
check(reader.workflows.get_custom_node_map("w"),
      {"Peer Node | x": "peer-pack", "Another Node": "another"}, "decisions")
packages = reader.nodes.get_existing()
check(packages["another"].repository, "https://example.org/house/another.git", "the new package")
check(packages["peer-pack"].version, "1.2.3", "the peer's own package")

# The peer writes again, comfy goes on: nothing is asked twice, nothing is lost.
reader.workflows.set_custom_node_mapping("w", "Another Node", None)
status = {record["node_id"]: record["status"] for record in comfy("list-refs", "--json", "w")}
check(status, {"1": "resolved", "2": "resolved"}, "references after the peer wrote")
comfy("resolve", "--yes", "w")
check(len(comfy("match-nodes", "--json", "w")), 2, "node types of the workflow")
check({entry.filename: entry.hash for entry in manager().workflows.get_workflow_models("w")},
      {"old.safetensors": old, "new.safetensors": new}, "hashes at the end")
print(f"{peer}: files, hashes, sources and node packages are the same on both sides")
