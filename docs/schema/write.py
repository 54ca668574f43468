"""Writes request.json and report.json, the JSON Schemas of what goes in and comes out. A test pins them."""

import json
from pathlib import Path

from compliance_guard import Report, Request

for model, name in ((Request, "request"), (Report, "report")):
    schema = json.dumps(model.model_json_schema(), ensure_ascii=False, indent=2)
    (Path(__file__).parent / f"{name}.json").write_text(schema + "\n", encoding="utf-8")
