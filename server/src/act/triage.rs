//! Watch rules, the triage inbox and stances.
