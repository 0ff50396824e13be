//! Bringing in other trackers' records.
