"""Views over ready values, for notebooks, the workbench and reports."""
