"""Executes the notebooks of the documentation: an error in a cell is an error here.

    python tests/tools/notebooks.py            # executes them and keeps nothing
    python tests/tools/notebooks.py FOLDER     # and writes them with their outputs there

It needs `pip install nbclient ipykernel matplotlib pandas` beside the package.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

DOCS = Path(__file__).resolve().parents[2] / "docs"


def main(folder: Path | None) -> None:
    """Execute every notebook, from the first cell to the last."""
    for path in sorted(DOCS.rglob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(DOCS)}}).execute()
        print(f"{path.name}: {len(notebook.cells)} cells")
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook, folder / path.name)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else None)
