//! Tasks, their commitments, links and references.
