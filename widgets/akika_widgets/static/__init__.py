"""Browser modules, bundled from widgets/src; never edited by hand."""
