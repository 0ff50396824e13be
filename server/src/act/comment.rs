//! Comments and the timeline.
