"""Record versions, manifests and the frames they lie in."""
