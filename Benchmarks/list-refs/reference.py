"""Reads workflows with comfydock-core's parser: the reference that list-refs is measured against.

usage: reference.py DIRECTORY
"""

import logging
import pathlib
import sys

from comfydock_core.analyzers.workflow_dependency_parser import WorkflowDependencyParser
from comfydock_core.configs.model_config import ModelConfig

logging.disable(logging.CRITICAL)
config = ModelConfig.load()
references = failures = 0
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.json")):
    try:
        parser = WorkflowDependencyParser(path, config)
        references += len(parser.analyze_dependencies().found_models)
    except Exception:
        failures += 1
print(references, "references,", failures, "files not read")
