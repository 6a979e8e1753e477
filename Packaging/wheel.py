"""Makes a wheel of an installed program: wheel.py STAGE VERSION MACHINE FOLDER README

The program, its manual pages and its completions go where pip puts scripts and data; a small module
makes `python -m comfy_models` work. Times and order are fixed, so that the same files give the same
bytes.
"""

import base64
import hashlib
import os
import sys
import time
import zipfile

MAIN = '''"""Becomes the program that was installed together with this module."""

import importlib.metadata
import os
import sys


def main():
    files = importlib.metadata.files("comfy-models") or []
    program = next(f for f in files if f.name == "comfy-models" and f.parent.name == "bin")
    path = os.path.realpath(program.locate())
    os.execv(path, [path, *sys.argv[1:]])


main()
'''

METADATA = """Metadata-Version: 2.1
Name: comfy-models
Version: {version}
Summary: Turn ComfyUI workflows into a reproducible record and the files on disk
License: MIT
Requires-Python: >=3.9
Requires-Dist: pygit2 >=1.15
Requires-Dist: pycurl >=7.45.7
Description-Content-Type: text/markdown

{readme}"""

WHEEL = """Wheel-Version: 1.0
Generator: comfy
Root-Is-Purelib: false
Tag: {tag}
"""


def members(stage, version, tag, readme):
    """Path in the wheel, content and mode of each file."""
    base = f"comfy_models-{version}"
    yield "comfy_models/__init__.py", b"", 0o644
    yield "comfy_models/__main__.py", MAIN.encode(), 0o644
    for folder, _, names in os.walk(stage):
        for name in names:
            path = os.path.join(folder, name)
            relative = os.path.relpath(path, stage)
            with open(path, "rb") as file:
                content = file.read()
            if relative.startswith("bin/"):
                yield f"{base}.data/scripts/{name}", content, 0o755
            else:
                yield f"{base}.data/data/{relative}", content, 0o644
    with open(os.path.join(stage, "share/doc/comfy-models/copyright"), "rb") as file:
        yield f"{base}.dist-info/LICENSE", file.read(), 0o644
    with open(readme, encoding="utf-8") as file:
        text = METADATA.format(version=version, readme=file.read())
    yield f"{base}.dist-info/METADATA", text.encode(), 0o644
    yield f"{base}.dist-info/WHEEL", WHEEL.format(tag=tag).encode(), 0o644


def digest(content):
    raw = hashlib.sha256(content).digest()
    return "sha256=" + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def write(stage, version, machine, folder, readme):
    tag = f"py3-none-manylinux_2_35_{machine}"
    moment = time.gmtime(max(int(os.environ["SOURCE_DATE_EPOCH"]), 315532800))[:6]
    files = sorted(members(stage, version, tag, readme))
    record = f"comfy_models-{version}.dist-info/RECORD"
    rows = [f"{path},{digest(content)},{len(content)}\n" for path, content, _ in files]
    files.append((record, ("".join(rows) + f"{record},,\n").encode(), 0o644))
    target = os.path.join(folder, f"comfy_models-{version}-{tag}.whl")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as wheel:
        for path, content, mode in files:
            entry = zipfile.ZipInfo(path, moment)
            entry.external_attr = (0o100000 | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            wheel.writestr(entry, content)


write(*sys.argv[1:6])
