"""Whether the installed moto and botocore are new enough, told before anything is made of them."""

from __future__ import annotations

import re
import sys
from importlib.metadata import version as installed

# As pyproject.toml has them.
OLDEST = {"moto": "5.2.0", "botocore": "1.40.46"}
# botocore comes with boto3, which wants one of its own number.
UPGRADES = {"moto": "moto", "botocore": "boto3"}


def check() -> None:
    """Raise ImportError, with the way to mend it, where moto or botocore is too old.

    Installers see to that, unless they are told to ignore it or are asked for an older one later.
    """
    found = _found()
    old = [name for name, oldest in OLDEST.items() if _parsed(found[name]) < _parsed(oldest)]
    if old:
        needed = ", and ".join(
            f"{name} {OLDEST[name]} or newer (installed: {found[name]})" for name in old
        )
        wanted = " ".join(f"'{UPGRADES[name]}>={OLDEST[name]}'" for name in old)
        raise ImportError(
            f"moto-trainingplans needs {needed}. What helps: pip install --upgrade {wanted}"
        )


def _found() -> dict[str, str]:
    """The versions of what is imported, or would be: nothing is imported for it.

    moto reads its settings from the environment when it is imported, which may change before.
    """
    return {
        name: str(sys.modules[name].__version__) if name in sys.modules else installed(name)
        for name in OLDEST
    }


def _parsed(version: str) -> tuple[int, ...]:
    """The numbers that a version begins with: moto calls what is not released `5.2.6.dev`."""
    release = re.match(r"\d+(\.\d+)*", version)
    return tuple(map(int, release[0].split("."))) if release else ()
