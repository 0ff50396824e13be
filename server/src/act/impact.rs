//! Votes and what they say.
