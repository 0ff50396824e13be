//! Lenses: an organisation's own weights on segments.
