"""Counts what find-sources finds, and how much of it is right.

measure.py COMFY SCRATCH [DIRECTORY...]

Leave one out: of the places that are proposed for a reference with a URL of its own, those count
that another file tells of as well. One content left is a single answer; it is right when it is the
file that the reference's own URL leads to.
"""

import collections
import json
import os
import re
import subprocess
import sys

comfy, scratch, *directories = sys.argv[1:]
lists = os.path.join(scratch, "lists")
manager = os.path.join(lists, "comfyui_manager", "model-list.json")
templates = [
    os.path.join(lists, "comfyui_workflow_templates_json", "templates"),
    os.path.join(lists, "comfyui_subgraph_blueprints", "blueprints"),
]
os.chdir(os.path.join(scratch, "run"))


def run(*command, input=None, **variables):
    result = subprocess.run(
        [comfy, *command], input=input, capture_output=True, text=True,
        env={**os.environ, **variables})
    if result.returncode not in (0, 1):
        sys.exit(result.stderr)
    return [json.loads(line) for line in result.stdout.splitlines()]


def key(url):
    """What tells one file from another: revision and download flags do not."""
    url = url.split("?")[0].split("#")[0]
    return re.sub(r"/(blob|raw)/", "/resolve/", url).rstrip("/")


def name(reference):
    return reference["name"].split("/")[-1].lower()


def place(record):
    return (record["workflow"], record["node_id"], record.get("widget_idx"), record.get("input"),
            record["widget_value"])


def bare(reference):
    """The reference without what its own file tells of a place."""
    dropped = ("url", "hash", "hash_type", "path")
    return {key: value for key, value in reference.items() if key not in dropped}


def proposals(references, catalog):
    found = collections.defaultdict(list)
    text = "".join(json.dumps(bare(reference)) + "\n" for reference in references)
    for record in run("find-sources", "--all", "--json", input=text, COMFY_CATALOG=catalog):
        found[place(record)].append(record)
    return found


def contents(records):
    return {record.get("hash") or key(record["url"]) for record in records}


def numbered(references):
    """Gives every file a workflow name of its own: two directories may have one of a name."""
    numbers = {}
    for reference in references:
        path = reference.get("path", "")
        reference["workflow"] = str(numbers.setdefault(path, len(numbers)))
    return references


def hit_rates(title, references, found):
    counts = collections.Counter()
    for reference in references:
        places = contents(found[place(reference)])
        counts["none" if not places else "one" if len(places) == 1 else "many"] += 1
    total = max(1, sum(counts.values()))
    print(f"{title}: {total} references without URL: "
          + ", ".join(f"{counts[word]} {word} ({counts[word] / total:.0%})"
                      for word in ("one", "many", "none")))


def precision(title, references, found, is_told_elsewhere):
    right, wrong, many, none, first = 0, [], 0, 0, 0
    for reference in references:
        left = [record for record in found[place(reference)]
                if is_told_elsewhere(record, reference)]
        if not left:
            none += 1
        elif len(contents(left)) > 1:
            many += 1
            first += key(left[0]["url"]) == key(reference["url"])
        elif any(key(record["url"]) == key(reference["url"]) for record in left):
            right += 1
        else:
            wrong.append((reference, left[0]))
    single = right + len(wrong)
    print(f"{title}: {len(references)} references with URL: {right} of {single} single answers "
          f"right ({right / max(1, single):.2%}), {many} many (the first one right in {first}), "
          f"{none} none")
    for reference, record in wrong:
        print(f"  {reference['name']} {record['confidence']}\n    {key(reference['url'])}\n"
              f"    {key(record['url'])}")


official = numbered(run("list-refs", "--json", *filter(os.path.isdir, templates)))
official = [reference for reference in official if reference.get("url")]
tellers = collections.defaultdict(set)
for reference in official:
    tellers[name(reference), key(reference["url"])].add(reference["workflow"])
# The program brings the facts of the templates along; newer packages are read as they are installed.
for folder in templates:
    site = os.path.join(scratch, "python", "lib", "python3", "site-packages")
    link = os.path.join(site, os.path.basename(os.path.dirname(folder)))
    os.makedirs(site, exist_ok=True)
    if not os.path.islink(link):
        os.symlink(os.path.dirname(folder), link)
os.environ["VIRTUAL_ENV"] = os.path.join(scratch, "python")

precision(
    "templates, one left out", official, proposals(official, ""),
    lambda record, reference:
        tellers[name(reference), key(record["url"])] - {reference["workflow"]})

every = []
for directory in directories:
    references = [reference for reference in numbered(run("list-refs", "--json", directory))
                  if reference["state"] == "active"]
    title = os.path.basename(os.path.normpath(directory))
    without = [reference for reference in references
               if not reference.get("url") and reference.get("status") != "automatic"]
    hit_rates(title, without, proposals(without, manager))
    distinct = list({(name(reference), reference.get("category")): reference
                     for reference in without}.values())
    hit_rates(title + ", distinct", distinct, proposals(distinct, manager))
    own = [reference for reference in references if reference.get("url")]
    precision(title, own, proposals(own, manager), lambda record, reference: True)
    every += references
with open(os.path.join(scratch, "references.json"), "w") as file:
    for reference in every or official:
        file.write(json.dumps(reference) + "\n")
