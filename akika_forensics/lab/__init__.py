"""JupyterLab as this workbench starts it, and what prepares a notebook."""
