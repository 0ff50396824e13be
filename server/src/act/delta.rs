//! Deltas: filing, reading, editing, revisions, visibility.
