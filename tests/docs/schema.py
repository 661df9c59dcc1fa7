#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""schema.py SCHEMA: the JSON document on standard input is valid, and has no key the schema lacks."""
import json
import sys

import jsonschema


def closed(node):
    """The schema with every described object closed, so that an undocumented key is an error."""
    if isinstance(node, list):
        return [closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: closed(value) for key, value in node.items()}
    if isinstance(node.get("properties"), dict) and "type" in node:
        node["additionalProperties"] = False
    return node


with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
errors = list(jsonschema.Draft202012Validator(closed(schema)).iter_errors(json.load(sys.stdin)))
for error in errors:
    print(f"{'/'.join(map(str, error.absolute_path))}: {error.message}")
sys.exit(1 if errors else 0)
