"""api/openapi.yaml as the scenarios use it: its operations, the ids they name, and a request body that would be taken."""
import re
from typing import Any, NamedTuple

import yaml

from support import places

METHODS = ("get", "put", "post", "patch", "delete")
# Members of bodies and parameters of queries that name an organization.
ORG_MEMBERS = ("org", "organization_id", "organization")


class Operation(NamedTuple):
    method: str
    path: str
    public: bool  # needs no credential
    keys_only: bool
    parameters: tuple[str, ...]  # of the query
    body: dict | None  # its schema, when it takes JSON

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def places(self) -> list[str]:
        """The path up to each of its parameters: `/v1/orgs/{org}`, `/v1/orgs/{org}/exports/{id}`."""
        return [self.path[:found.end()] for found in re.finditer(r"\{\w+\}", self.path)]


class Contract:
    def __init__(self):
        self.document = yaml.safe_load((places.ROOT / "api" / "openapi.yaml").read_text())

    def operations(self) -> list[Operation]:
        return [self._operation(method, path, item) for path, item in self.document["paths"].items()
                for method in METHODS if method in item]

    def _operation(self, method: str, path: str, item: dict) -> Operation:
        operation = item[method]
        security = operation.get("security", self.document["security"])
        parameters = [self._resolve(one) for one in [*item.get("parameters", []), *operation.get("parameters", [])]]
        content = self._resolve(operation.get("requestBody", {})).get("content", {})
        return Operation(method, path, public=not security or {} in security,
                         keys_only=all("session" not in one for one in security),
                         parameters=tuple(one["name"] for one in parameters if one["in"] == "query"),
                         body=content.get("application/json", {}).get("schema"))

    def _resolve(self, node: dict) -> dict:
        while "$ref" in node:
            found: Any = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            node = found
        return node

    def names_org(self, operation: Operation) -> str | None:
        """The member of the body or the parameter that names an organization."""
        for name in ORG_MEMBERS:
            if name in operation.parameters:
                return name
        body = self._merged(operation.body) if operation.body else {}
        return next((name for name in ORG_MEMBERS if name in body.get("properties", {})), None)

    def _merged(self, schema: dict) -> dict:
        schema = self._resolve(schema)
        for variants in ("oneOf", "anyOf"):
            if variants in schema:
                schema = schema | self._merged(schema[variants][0])
        if "allOf" not in schema:
            return schema
        merged: dict = {"type": "object", "properties": {}, "required": []}
        for part in schema["allOf"]:
            found = self._merged(part)
            merged["properties"] |= found.get("properties", {})
            merged["required"] += found.get("required", [])
        return merged

    def example(self, schema: dict | None, values: dict[str, Any], name: str = "") -> Any:
        """A value that the schema takes: `values` by name of the member, then what the schema names, then the least."""
        if schema is None:
            return None
        schema = self._merged(schema)
        if name in values:
            return values[name]
        for given in ("example", "const", "default"):
            if given in schema:
                return schema[given]
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema.get("type", "object")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind == "object":
            wanted = {*schema.get("required", []), *(one for one in ORG_MEMBERS if one in schema.get("properties", {}))}
            properties = schema.get("properties", {})
            return {member: self.example(properties.get(member, {}), values, member) for member in sorted(wanted)}
        if kind == "array":
            return [self.example(schema.get("items", {}), values)] if schema.get("minItems", 0) else []
        if kind in ("integer", "number"):
            return schema.get("minimum", 1)
        if kind == "boolean":
            return True
        if schema.get("format") == "date-time":
            return "2026-11-22T12:00:00Z"
        return "x" * max(1, schema.get("minLength", 1))
