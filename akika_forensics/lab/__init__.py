"""JupyterLab as this software starts it, and what prepares a notebook.

`notebook` is what `akika_forensics.notebook` is; the rest is for ``akika lab``. Nothing of Jupyter or Panel is imported before it is used.
"""

from akika_forensics.lab.preparing import notebook

__all__ = ["notebook"]
