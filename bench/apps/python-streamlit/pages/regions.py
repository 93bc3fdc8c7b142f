"""Where sales are made."""

import json
from pathlib import Path

import streamlit

regions = json.loads((Path(__file__).parent.parent / "data" / "regions.json").read_text())
streamlit.table(regions)
