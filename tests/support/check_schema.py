"""check_schema.py SCHEMA DOCUMENT: prints what in the JSON document breaks the JSON schema."""
import json
import sys

import jsonschema


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    with open(sys.argv[2], encoding="utf-8") as file:
        document = json.load(file)
    validator = jsonschema.validators.validator_for(schema, default=jsonschema.Draft7Validator)
    validator.check_schema(schema)
    problems = sorted(validator(schema).iter_errors(document), key=lambda e: list(map(str, e.absolute_path)))
    for problem in problems:
        print("/" + "/".join(map(str, problem.absolute_path)), problem.message)
    return 1 if problems else 0


sys.exit(main())
