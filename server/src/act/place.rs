//! Places: a delta in projects, with positions and consensus.
