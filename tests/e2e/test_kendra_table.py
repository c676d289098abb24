"""The table of Kendra operations against AWS's own model of the API, as Debian's python3-botocore carries it."""
import glob
import gzip
import json
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADER = ROOT / "rules/event/kendra_op_list.h"
ENTRY = re.compile(r'^KENDRA_OP\((\w+), (\w+), (\w+),\s*((?:"[^"]*"\s*)+)\)', re.M)
FROM = {"NONE", "REQ_ID", "REQ_INDEX_ID", "RESP_ID", "REQ_ARN"}
# Operations that came after Debian 12's model.
NEWER = {"Retrieve", "CreateFeaturedResultsSet", "UpdateFeaturedResultsSet", "DescribeFeaturedResultsSet",
         "ListFeaturedResultsSets", "BatchDeleteFeaturedResultsSet"}
# Spellings seen or feared beside the one that lowering the first letter gives.
OTHER_CASING = {"url": "uRL", "resourceArn": "resourceARN"}


def table():
    rows = {}
    for name, access, index_from, literals in ENTRY.findall(HEADER.read_text()):
        params = "".join(re.findall(r'"([^"]*)"', literals))
        rows[name] = (access, index_from, params.split(",") if params else [])
    return rows


def model():
    found = glob.glob("/usr/lib/python3/dist-packages/botocore/data/kendra/*/service-2.json*")
    if not found:
        pytest.skip("no Kendra model: install Debian's python3-botocore (make deps GROUP=test)")
    path = sorted(found)[-1]
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as file:
        return json.load(file)


def lowered(name):
    return name[0].lower() + name[1:]


def has_path(shapes, shape_name, path):
    """Whether `path` (CloudTrail's casing, lists stepped through) exists below a shape."""
    shape = shapes[shape_name]
    while shape["type"] == "list":
        shape = shapes[shape["member"]["shape"]]
    if not path:
        return True
    if shape["type"] != "structure":
        return bool(shape.get("document"))
    step = OTHER_CASING.get(path[0], path[0])
    for member, target in shape["members"].items():
        if lowered(member) == step:
            return has_path(shapes, target["shape"], path[1:])
    return False


def test_table_parses_whole():
    rows = table()
    assert len(rows) == 66
    assert HEADER.read_text().count("\nKENDRA_OP(") == 66
    assert list(rows) == sorted(rows)
    for name, (access, index_from, params) in rows.items():
        assert access in {"READ", "LIST", "WRITE", "TAG"}, name
        assert index_from in FROM, name
        assert len(params) == len(set(params)), name


def test_both_casings_are_listed():
    for name, (_, _, params) in table().items():
        for other, first in OTHER_CASING.items():
            tails = [p.rsplit(".", 1)[-1] for p in params]
            assert (other in tails) == (first in tails), name


def test_every_operation_of_the_model_is_listed():
    operations = set(model()["operations"])
    assert operations - set(table()) == set()
    assert set(table()) - operations <= NEWER


def test_every_parameter_exists_in_the_model():
    shapes = (loaded := model())["shapes"]
    wrong = []
    for name, (_, _, params) in table().items():
        if name not in loaded["operations"]:
            continue
        shape = loaded["operations"][name].get("input", {}).get("shape")
        wrong += [f"{name}: {p}" for p in params if not has_path(shapes, shape, p.split("."))]
    assert wrong == []


def test_index_id_is_where_the_model_has_it():
    loaded = model()
    for name, (_, index_from, _) in table().items():
        if name not in loaded["operations"]:
            continue
        operation = loaded["operations"][name]
        inputs = {lowered(m) for m in loaded["shapes"][operation["input"]["shape"]]["members"]}
        if "indexId" in inputs:
            expected = "REQ_INDEX_ID"
        elif "resourceARN" in inputs:
            expected = "REQ_ARN"
        elif "id" in inputs:
            expected = "REQ_ID"
        else:
            expected = "RESP_ID" if name == "CreateIndex" else "NONE"
        assert index_from == expected, name


def test_access_fits_the_verb():
    """Reads and lists never carry a writing verb: a slip there would hide a change from the rules on writes."""
    verbs = {"READ": ("Describe", "Get", "BatchGet", "Query", "Retrieve", "ListTags"), "LIST": ("List",),
             "TAG": ("Tag", "Untag")}
    for name, (access, _, _) in table().items():
        if access == "WRITE":
            assert not name.startswith(("Describe", "Get", "List", "BatchGet")), name
        else:
            assert name.startswith(verbs[access]), name
