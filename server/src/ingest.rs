//! Bytes to values, pure: results of tests, records of other trackers.
