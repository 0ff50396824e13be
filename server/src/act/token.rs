//! API tokens of people and of projects' CI.
