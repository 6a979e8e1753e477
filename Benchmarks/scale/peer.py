"""One peer's own code on a project of make-project: peer.py PEER KIND DIRECTORY

PEER is comfydock or comfygit, whose `PEER-core` has to be installed. KIND says what it does: for
`nodes`, it reads the workflow; for `entries`, the manifest; for `files`, it scans the models directory
into a new index.
"""

import importlib
import logging
import pathlib
import resource
import sys
import tempfile
import time

peer, kind, directory = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
logging.disable(logging.CRITICAL)


def load(module, name):
    return getattr(importlib.import_module(f"{peer}_core.{module}"), name)


def nodes():
    parser = load("analyzers.workflow_dependency_parser", "WorkflowDependencyParser")
    config = load("configs.model_config", "ModelConfig").load()
    path = directory / "project/workflows/w.json"
    return len(parser(path, config).analyze_dependencies().found_models)


def entries():
    manager = load("managers.pyproject_manager", "PyprojectManager")
    text = (directory / "project/pyproject.toml").read_text()
    with tempfile.TemporaryDirectory() as scratch:
        path = pathlib.Path(scratch) / "pyproject.toml"
        # Each reads the section of its own name.
        path.write_text(text.replace("tool.comfydock", f"tool.{peer}"))
        return len(manager(path).workflows.get_workflow_models("w"))


def files():
    repository = load("repositories.model_repository", "ModelRepository")
    scanner = load("analyzers.model_scanner", "ModelScanner")
    with tempfile.TemporaryDirectory() as scratch:
        index = repository(pathlib.Path(scratch) / "index.sqlite", directory / "models")
        scanner(index).scan_directory(directory / "models", quiet=True)
        return len(index.get_all_models())


start = time.monotonic()
found = {"nodes": nodes, "entries": entries, "files": files}[kind]()
seconds = time.monotonic() - start
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(f"{peer} {kind}: {found} found in {seconds:.2f} s, {memory:.0f} MiB")
