//! Lists of deltas by the query language.
