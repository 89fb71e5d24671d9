"""The table of settings in the README: ``python -m tilemaker.cli.readme_table README.md`` writes it anew from `Settings`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from pydantic.fields import FieldInfo

from tilemaker.described import descriptions_in
from tilemaker.settings import Settings, variable

BEGIN = "<!-- settings: written by python -m tilemaker.cli.readme_table README.md -->"
END = "<!-- end of settings -->"


def settings_table() -> str:
    """Return the table in Markdown: variable, default, meaning."""
    meanings = descriptions_in(Settings)
    rows = [_row(variable(name), field, meanings[name]) for name, field in Settings.model_fields.items()]
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows])


def with_table(text: str) -> str:
    """Return the README with the table as it should be between its two marks."""
    marked = f"{BEGIN}\n{settings_table()}\n{END}"
    return re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: marked, text, flags=re.DOTALL)


def _row(name: str, field: FieldInfo, meaning: str) -> str:
    in_one_line = " ".join(meaning.split()).replace("|", "\\|")
    return f"| `{name}` | {_default(field.default)} | {in_one_line} |"


def _default(value: object) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    text = ",".join(value) if isinstance(value, tuple) else str(value)
    return f"`{text}`" if text else ""


if __name__ == "__main__":  # pragma: no cover  a single line, on the way from file to file
    readme = Path(sys.argv[1])
    readme.write_text(with_table(readme.read_text(encoding="utf-8")), encoding="utf-8")
