"""Records: what the warehouse keeps of a paper, its manifest, its corrections, the catalogue made anew from manifests."""
